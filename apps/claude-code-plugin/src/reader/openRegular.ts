import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";

/** Errors that say: no such transcript, now. */
const NOT_THERE = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "EACCES",
  "EPERM",
  "ENXIO",
  "ENAMETOOLONG",
]);

/**
 * Calls `use` with a regular file that is open for reading; null where there is none (any more).
 * Symlinks are not followed, and a FIFO is not waited for.
 */
export function withRegularFile<T>(path: string, use: (fd: number, stats: Stats) => T): T | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
  try {
    const stats = fstatSync(fd);
    return stats.isFile() ? use(fd, stats) : null;
  } finally {
    closeSync(fd);
  }
}

/** True for an error of fs by which there is nothing to read at the path, now. */
export function isNotThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && NOT_THERE.has(String(error.code));
}
