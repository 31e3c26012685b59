import { closeSync, openSync, readSync } from "node:fs";
import { StorageRefusal, unreadable } from "../storageRefusal.ts";

const MAGIC = "SQLite format 3\0";

/**
 * True where a file begins as SQLite's do, is empty, or is not there. SQLite would take a short one
 * for an empty database, and write over it. Throws StorageRefusal where it can't be read.
 * To be asked before SQLite opens the file in this process: the end of any look at a file ends the
 * locks that its process has on it (POSIX), SQLite's among them.
 */
export function hasHeader(database: string): boolean {
  const header = readHeader(database);
  return header === null || header.length === 0 || header.toString("latin1") === MAGIC;
}

/** Throws StorageRefusal where there is no header, by the rules of `hasHeader`. */
export function checkHeader(database: string): void {
  if (hasHeader(database)) return;
  throw new StorageRefusal(
    "not-a-database",
    `${database} is no SQLite database, or a damaged one; move it away, or restore a backup`,
  );
}

function readHeader(database: string): Buffer | null {
  let file: number;
  try {
    file = openSync(database, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unreadable(database, error);
  }
  try {
    const buffer = Buffer.alloc(MAGIC.length);
    return buffer.subarray(0, readSync(file, buffer));
  } catch (error) {
    throw unreadable(database, error);
  } finally {
    closeSync(file);
  }
}
