/** What a command says before it ends with code 1. */
export class Failure extends Error {
  override readonly name = "Failure";
}
