import { chmodSync, closeSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "libsql";
import { checkRegular, isRegular } from "../checkRegular.ts";

/** How long SQLite itself waits for another program's lock, ms: short, for it blocks the event loop. */
const BUSY_MS = 50;
/** SQLite's own cache, KiB: of which a daemon at rest keeps nothing, for the file is closed then. */
const CACHE_KB = 8_000;

/** Pages in the log before it is moved into the file, which waits for the disk: 16 MB. */
const CHECKPOINT_PAGES = 4_000;

/** Which record a file is derived from. */
export interface Belonging {
  /** The database's identity. */
  record: string;
  /** The number of the record's last change, when the daemon started. */
  lastChange: number;
}

/** What a file holds: its tables, `meta` among them, and the version of them and of what is put in. */
export interface Derived {
  version: number;
  schema: string;
}

/** A derived file of that name, beside the record's. */
export function derivedFileOf(database: string, name: string): string {
  return join(dirname(database), name);
}

/** Removes a derived file. Throws like fs. */
export function removeDerived(file: string): void {
  for (const part of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    rmSync(part, { force: true });
  }
}

/**
 * Opens a file that is derived from the record, for its user alone; one of another version, of another
 * record, or of a later state of it (a backup was restored) is thrown away, and an empty one begun.
 * Throws like SQLite and fs.
 */
export function openDerived(
  file: string,
  { version, schema }: Derived,
  belonging: Belonging,
): Database.Database {
  checkRegular(file);
  if (isRegular(file)) {
    const db = connect(file);
    if (versionOf(db) === version && belongsTo(db, belonging)) return db;
    db.close();
    removeDerived(file);
  }
  closeSync(openSync(file, "a", 0o600));
  const db = connect(file);
  db.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT`);
  metaWriter(db)("record", belonging.record);
  return db;
}

function connect(file: string): Database.Database {
  chmodSync(file, 0o600);
  const db = new Database(file, { timeout: BUSY_MS });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -${CACHE_KB};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  `);
  return db;
}

function versionOf(db: Database.Database): number | undefined {
  const rows = db.prepare("SELECT user_version AS v FROM pragma_user_version").all();
  return (rows as { v: number }[])[0]?.v;
}

function belongsTo(db: Database.Database, { record, lastChange }: Belonging): boolean {
  if (readMeta(db, "record") !== record) return false;
  return Number(readMeta(db, "lastChange") ?? 0) <= lastChange;
}

/** A value that was written by `metaWriter`; null where none was. */
export function readMeta(db: Database.Database, name: string): string | null {
  const sql = "SELECT CAST(value AS BLOB) AS value FROM meta WHERE name = ?";
  // Not `get`: it would leave the statement, and with it the transaction, open.
  const [row] = db.prepare(sql).all(name) as { value: ArrayBuffer }[];
  return row ? Buffer.from(row.value).toString() : null;
}

/** What writes values for `readMeta`, prepared. */
export function metaWriter(db: Database.Database): (name: string, value: string) => void {
  const write = db.prepare("REPLACE INTO meta(name, value) VALUES (?, ?)");
  return (name, value) => {
    write.run(name, value);
  };
}
