import Database from "libsql";

/**
 * True where SQLite finds the structure of the file broken. Reads all of it. Throws like SQLite where
 * that can't be told, for a lock or the disk. The file is closed only once the statement is collected:
 * until then nothing else in this process may open and close it.
 */
export function isDamaged(database: string): boolean {
  const db = new Database(database, { timeout: 5_000 });
  try {
    const [row] = db.pragma("integrity_check(1)") as { integrity_check: string }[];
    return row?.integrity_check !== "ok";
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
