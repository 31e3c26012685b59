import { posix, win32 } from "node:path";
import { MAX_LINE } from "@duolog/contract";
import { cut } from "./text.ts";

const WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;

/** An absolute path as it is, another from the directory on; null where that is not known. */
export function absolutePath(path: string | null, directory: string | null): string | null {
  if (!path) return null;
  if (path.startsWith("/") || WINDOWS.test(path)) return cut(path, MAX_LINE);
  if (!directory) return null;
  const style = WINDOWS.test(directory) ? win32 : posix;
  return cut(style.join(directory, path), MAX_LINE);
}
