import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyDatabase } from "../storage/copyDatabase.ts";

/**
 * Yields what `read` does of a copy of a database, so that whoever uses it is not disturbed.
 * @param scratch a directory of ours in which the copy has room
 * @throws StorageRefusal where there is no database
 */
export async function* fromCopy<T>(
  file: string,
  scratch: string,
  read: (copy: string, directory: string) => AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<T> {
  const directory = mkdtempSync(join(scratch, "import-"));
  try {
    const copy = join(directory, "copy.db");
    copyDatabase(file, copy);
    yield* read(copy, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
