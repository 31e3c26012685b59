import { accessSync, constants, existsSync, truncateSync } from "node:fs";
import Database from "libsql";
import { checkRegular } from "../storage/checkRegular.ts";

/** Kept from the garbage collector, which would close them. */
const held: Database.Database[] = [];

/**
 * Takes the lock, an open transaction on `file`, which only the end of this process lets go of: until
 * then some thread of it may write. False where it is held, by another process or by this one.
 * Throws like SQLite or fs where the file can't be opened or written, and Error where it is no file.
 */
export function takeDaemonLock(file: string): boolean {
  checkRegular(file);
  // SQLite would open it for reading alone, and give the transaction to any number of processes.
  if (existsSync(file)) accessSync(file, constants.W_OK);
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

function tryLock(file: string): boolean {
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (String((error as { code?: string }).code).startsWith("SQLITE_BUSY")) return false;
    throw error;
  }
  held.push(db);
  return true;
}

function isDamaged(error: unknown): boolean {
  const code = String((error as { code?: string }).code);
  return code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT");
}
