import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeScratch } from "@duolog/client/local";
import { copyDatabase } from "../storage/copyDatabase.ts";

/** Copies a database, with all that is committed in it, to a path where nothing is. */
type Copy = (from: string, to: string) => Promise<void> | void;

/**
 * Yields what `read` does of a copy of a database, so that whoever uses it is not disturbed.
 * @param scratch a directory of ours in which the copy has room
 * @param copyTo default: by SQLite, which refuses a damaged one
 * @throws StorageRefusal where there is no database
 */
export async function* fromCopy<T>(
  file: string,
  scratch: string,
  read: (copy: string, directory: string) => AsyncIterable<T> | Iterable<T>,
  copyTo: Copy = copyDatabase,
): AsyncGenerator<T> {
  const directory = makeScratch(scratch);
  try {
    const copy = join(directory, "copy.db");
    await copyTo(file, copy);
    yield* read(copy, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
