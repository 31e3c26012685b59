import { lstatSync } from "node:fs";

/** How often the files are looked at, ms. */
const EVERY_MS = 3_000;

/**
 * Calls `onGone` once one of the files is not the one any more that it is now: deleted, moved away
 * or replaced. Returns what ends the watch.
 */
export function watchPlaces(files: string[], onGone: (file: string) => void): () => void {
  const inodes = files.map(inodeOf);
  const timer = setInterval(() => {
    const gone = files.find((file, i) => inodeOf(file) !== inodes[i]);
    if (gone === undefined) return;
    clearInterval(timer);
    onGone(gone);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

function inodeOf(file: string): number | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.ino;
}
