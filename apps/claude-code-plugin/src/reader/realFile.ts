import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { withRegularFile } from "@duolog/client/local";
import { isOwn, ownTarget } from "../places/look/ownTarget.ts";
import { realPath } from "./realPath.ts";

/**
 * Calls `use` with a regular file that is open for reading; null where there is none. Where a symlink
 * leads to it, the way and the file must be the user's own. `path` has no `.` or `..`. Throws like fs.
 */
export function withOwnFile<T>(path: string, use: (fd: number, stats: Stats) => T): T | null {
  let isThere = false;
  const direct = withRealFile(path, (fd, stats) => {
    isThere = true;
    return use(fd, stats);
  });
  if (isThere) return direct;
  const way = ownTarget(path);
  if (way.why !== null || way.path === path) return null;
  return withRealFile(way.path, (fd, stats) => (isOwn(stats) ? use(fd, stats) : null));
}

/** The same of a file that no symlink, not one of its directories either, leads to. */
function withRealFile<T>(path: string, use: (fd: number, stats: Stats) => T): T | null {
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
