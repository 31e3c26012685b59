import { statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Which file the database is, as a text; null where there is none. By inode and birth, as a file
 * system gives a deleted file's inode to the next one at once. Throws like fs.
 */
export function databaseIdentity(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  return `${stats.ino}-${tellsBirth(dirname(file)) ? stats.birthtimeMs : 0}`;
}

/**
 * Where a system tells no birth, Node gives the time of the last change, which each write moves. The
 * data directory has changed since it was made.
 */
function tellsBirth(directory: string): boolean {
  const { birthtimeMs, ctimeMs } = statSync(directory);
  return birthtimeMs !== ctimeMs;
}
