/**
 * Makes what the system, SQLite or a check of ours says a Failure; anything else is a fault of the
 * program and stays as it is.
 */
export function asFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "StorageRefusal") return error;
  const isTold = error.constructor === Error || "code" in error;
  return isTold ? new Failure(error.message, { cause: error }) : error;
}

/** What a command says before it ends with code 1. */
export class Failure extends Error {
  override readonly name = "Failure";
}
