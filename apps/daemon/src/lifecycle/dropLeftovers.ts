import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DataPaths, errno } from "@duolog/client/local";

/** What a small file is called until it is whole (`uniqueSuffix`). */
const HALF_WRITTEN = /.\.\d{1,10}-[0-9a-f]{12}\.tmp$/;
/** No process takes as long to write one, ms. */
const OLD_MS = 3_600_000;

/**
 * Removes what killed processes left of small files half written, in the data directory,
 * `forwarder-state/` and `rejected/`. `now` is in epoch ms. Throws like fs.
 */
export function dropLeftovers({ root, rejected }: DataPaths, now: number): void {
  for (const directory of [root, join(root, "forwarder-state"), rejected]) {
    for (const name of filesIn(directory).filter((name) => HALF_WRITTEN.test(name))) {
      const file = join(directory, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats && now - stats.mtimeMs > OLD_MS) rmSync(file, { force: true });
    }
  }
}

function filesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}
