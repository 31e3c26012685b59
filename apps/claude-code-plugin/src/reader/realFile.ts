import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { withRegularFile } from "@duolog/client/local";
import { realPath } from "./realPath.ts";

/**
 * Calls `use` with a regular file that is open for reading and that no symlink, not one of its
 * directories either, led to; null where there is none. `path` has no `.` or `..`. Throws like fs.
 */
export function withRealFile<T>(path: string, use: (fd: number, stats: Stats) => T): T | null {
  return withRegularFile(path, (fd, stats) => (isOf(path, fd, stats) ? use(fd, stats) : null));
}

/** Asked of the open file: between a look and an open a directory may turn into a symlink. */
function isOf(path: string, fd: number, stats: Stats): boolean {
  const opened = pathOf(fd);
  if (opened !== null) return opened === path;
  const { dev, ino } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
  return realPath(dirname(path)) === dirname(path) && dev === stats.dev && ino === stats.ino;
}

/** The path that the system opened, by Linux's proc_pid_fd(5); null where it tells none. */
function pathOf(fd: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return null;
  }
}
