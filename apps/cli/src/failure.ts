/**
 * Makes what the system, SQLite or a check of ours says a Failure; anything else is a fault of the
 * program and stays as it is.
 */
export function asFailure(error: unknown): unknown {
  if (!isTold(error) || error.name === "StorageRefusal") return error;
  return new Failure(error.message, { cause: error });
}

/** True of what the system, SQLite or a check of ours says, which is no fault of the program. */
export function isTold(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.constructor === Error || "code" in error || error.name === "StorageRefusal";
}

/** What a command says before it ends. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  readonly exitCode: number = 1;
}
