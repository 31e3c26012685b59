/** An error with one of Prisma's codes, as the CLI shows it to the user. */
export class EngineError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
