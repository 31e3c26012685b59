import { existsSync, truncateSync } from "node:fs";
import Database from "libsql";
import { checkRegular } from "../storage/checkRegular.ts";

/** Held while a daemon runs in this data directory; the system lets go of it with the process. */
export interface DaemonLock {
  /** To be called once. */
  release(): void;
}

/**
 * Takes the lock, an open transaction on `file`; null where another process holds it.
 * Throws like SQLite or fs where the file can't be opened or written, and Error where it is no file.
 */
export function takeDaemonLock(file: string): DaemonLock | null {
  checkRegular(file);
  try {
    return tryLock(file);
  } catch (error) {
    // Nobody can hold a lock on a file that is no database any more.
    if (!isDamaged(error) || !existsSync(file)) throw error;
    // Not deleted: another process may have taken the lock on this very file meanwhile.
    truncateSync(file);
    return tryLock(file);
  }
}

function tryLock(file: string): DaemonLock | null {
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (String((error as { code?: string }).code).startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  return {
    release() {
      // Closing alone lets go only once libSQL's statements are collected.
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

function isDamaged(error: unknown): boolean {
  const code = String((error as { code?: string }).code);
  return code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT");
}
