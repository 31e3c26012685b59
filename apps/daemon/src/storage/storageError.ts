/**
 * A statement that failed. `record`: SQLite refuses what was to be written, and would again.
 * `unavailable`: the file can't be read or written now (locked, full, read-only, damaged).
 */
export type FailureKind = "record" | "unavailable";

/** A failure of the database in words that may be passed on: no statement, no values. */
export class StorageError extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageError";
    this.kind = kind;
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
/** Of a statement that the schema does not go with, among others. */
export const NOT_UNDERSTOOD = 1;
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const CORRUPT = 11;
const TOO_BIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOT_A_DATABASE = 26;

/** Where libSQL, and Prisma around it, put SQLite's result code. */
interface WithCode {
  rawCode?: number;
  meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
}

/** SQLite's primary result code of what libSQL or Prisma threw, or null. */
export function sqliteCode(error: unknown): number | null {
  const { rawCode, meta } = error as WithCode;
  const code = Number(rawCode ?? meta?.driverAdapterError?.cause?.originalCode ?? Number.NaN);
  return Number.isNaN(code) ? null : code & 0xff;
}

/** True where another connection, of any program, holds a lock. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED;
}

/** True where the file is damaged. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** True where a row breaks a constraint; in a copy of rows that were written by SQLite, for damage. */
export function isConstraint(error: unknown): boolean {
  return sqliteCode(error) === CONSTRAINT;
}

/** What SQLite says of damaged content: beside the codes of damage, of a schema, a length, a header. */
const OF_CONTENT = [NOT_UNDERSTOOD, READ_ONLY, CORRUPT, TOO_BIG, NOT_A_DATABASE];

/**
 * True where the reason may be what stands in a damaged file which we may write to, and not the disk,
 * a lock or memory, which may be better another time.
 */
export function isOfContent(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && OF_CONTENT.includes(code);
}

/**
 * Why the open file is of no use any more: its structure is broken, its path leads elsewhere, or so
 * does that of its write-ahead log or of the log's index.
 */
export type Loss = "damaged" | "gone" | "wal-gone" | "shm-gone";

/** Messages may quote the statement; only SQLite's code goes on from here. */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code = sqliteCode(error);
  const refused = code === TOO_BIG || code === CONSTRAINT || code === MISMATCH;
  const what = code === null ? "the database failed" : `SQLite's result code is ${code}`;
  return new StorageError(refused ? "record" : "unavailable", what, { cause: error });
}
