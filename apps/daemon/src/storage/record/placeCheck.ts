import { statSync } from "node:fs";
import { walOf } from "../salvage/wal.ts";
import type { Loss } from "../storageError.ts";

/**
 * Notes which files the open database consists of now; what comes back tells whether they are the
 * ones at their paths still. What is committed to a deleted file is gone with this process.
 */
export function createPlaceCheck(database: string): () => Loss | null {
  const places: [Loss, string][] = [
    ["gone", database],
    ["wal-gone", walOf(database)],
    // Another program would make a new index, and not see this one's locks.
    ["shm-gone", `${database}-shm`],
  ];
  const noted = places.map(([loss, file]) => ({ loss, file, inode: inodeOf(file) }));
  return () => noted.find(({ file, inode }) => inodeOf(file) !== inode)?.loss ?? null;
}

/** Null whatever keeps from finding it (also a file or a loop on the way there): it is not the same. */
function inodeOf(file: string): number | null {
  try {
    return statSync(file).ino;
  } catch {
    return null;
  }
}
