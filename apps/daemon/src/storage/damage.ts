import Database from "libsql";

/**
 * True where SQLite finds the structure of the file broken. Reads all of it. Throws like SQLite where
 * that can't be told, for a lock or the disk.
 */
export function isDamaged(database: string): boolean {
  const db = new Database(database, { timeout: 5_000 });
  try {
    return db.prepare("PRAGMA integrity_check(1)").pluck().get() !== "ok";
  } catch (error) {
    if (isDamageCode((error as { code?: string }).code)) return true;
    throw error;
  } finally {
    db.close();
  }
}

/** True for SQLite's codes of a file that is no database any more, or one with a broken structure. */
export function isDamageCode(code: string | undefined): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(code ?? "");
}
