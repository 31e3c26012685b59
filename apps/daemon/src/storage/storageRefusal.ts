/** Why the database can't be used as it is. */
export type RefusalReason =
  | "not-a-database"
  | "damaged"
  | "foreign"
  | "newer"
  | "failed-migration"
  | "edited-migration"
  | "no-room"
  | "unreadable";

/** The database is left as it was; the message tells its user what to do. */
export class StorageRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageRefusal";
    this.reason = reason;
  }
}

/** The refusal of a file that the disk, its modes or another program keep from us. */
export function unreadable(database: string, cause: unknown): StorageRefusal {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageRefusal("unreadable", `can't read and write ${database}: ${reason}`, { cause });
}
