import { posix, win32 } from "node:path";

/** A drive, a share or a root of Windows: no absolute path of POSIX begins so. */
const WINDOWS = /^(?:[A-Za-z]:(?:[\\/]|$)|\\)/;
/** From a drive's own directory on, which nobody tells. */
const DRIVE_RELATIVE = /^[A-Za-z]:[^\\/]/;

/** The last name in a path, by the rules of the system that it is of; null where it has none ("/"). */
export function lastName(path: string): string | null {
  const names = path.split(WINDOWS.test(path) ? /[\\/]/ : "/");
  return names.findLast((name) => name !== "") ?? null;
}

/** The path, a relative one as seen from `cwd`; null where that is not known. */
export function absolutePath(path: string, cwd: string | null): string | null {
  if (posix.isAbsolute(path)) return posix.normalize(path);
  if (cwd !== null && WINDOWS.test(cwd)) {
    return DRIVE_RELATIVE.test(path) ? null : win32.resolve(`${cwd}\\`, path);
  }
  if (WINDOWS.test(path)) return win32.resolve(path);
  return cwd !== null && posix.isAbsolute(cwd) ? posix.join(cwd, path) : null;
}
