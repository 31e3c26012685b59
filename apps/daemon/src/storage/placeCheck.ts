import { statSync } from "node:fs";
import type { Loss } from "./storageError.ts";
import { walOf } from "./wal.ts";

/**
 * Notes which files the open database consists of now; what comes back tells whether they are the
 * ones at their paths still. What is committed to a deleted file is gone with this process.
 */
export function createPlaceCheck(database: string): () => Loss | null {
  const places = { gone: database, "wal-gone": walOf(database) } as const;
  const inodes = { gone: inodeOf(places.gone), "wal-gone": inodeOf(places["wal-gone"]) };
  return () => {
    for (const loss of ["gone", "wal-gone"] as const) {
      if (inodeOf(places[loss]) !== inodes[loss]) return loss;
    }
    return null;
  };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
