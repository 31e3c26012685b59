import { databaseIdentity } from "@duolog/client/local";

/** The rows that were acknowledged so far are not in the database that is there now. */
export class DatabaseReplaced extends Error {
  override readonly name = "DatabaseReplaced";
}

/** The database that holds all that was acknowledged: positions are good for it alone. */
export class AckedDatabase {
  readonly #file: string;
  #identity: string | null;

  constructor(file: string) {
    this.#file = file;
    this.#identity = databaseIdentity(file);
  }

  /** Null before the first ack where there was no database. */
  get identity(): string | null {
    return this.#identity;
  }

  /**
   * To be called after each ack.
   * @throws DatabaseReplaced where another database took it than took, or held, what was before
   */
  acked(): void {
    const now = databaseIdentity(this.#file);
    this.#identity ??= now;
    if (now === null || now !== this.#identity) throw new DatabaseReplaced();
  }
}
