import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";

/** Errors that say: no such file, now. EINVAL: it was a symlink until just now. */
const NOT_THERE = new Set([
  "EINVAL",
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
    fd = openToRead(path);
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

/** Opens a file for reading; a symlink is not followed, and a FIFO not waited for. Throws like fs. */
export function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** True for an error of fs by which there is nothing to read at the path, now. */
export function isNotThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && NOT_THERE.has(String(error.code));
}
