import { posix, win32 } from "node:path";
import { asText, type Json } from "../json.ts";

/** The fields of a tool's input that name what it touches. */
const FIELDS = ["file_path", "notebook_path", "path"];

const DRIVE = /^[A-Za-z]:[\\/]/;

/** The path that a tool's input names, as it names it; null where it names none. */
export function pathIn(input: Json): string | null {
  for (const field of FIELDS) {
    const path = asText(input[field]);
    if (path !== null) return path;
  }
  return null;
}

/** The path, a relative one as seen from `cwd`; null where that is not known. */
export function absolutePath(path: string, cwd: string | null): string | null {
  if (posix.isAbsolute(path)) return posix.normalize(path);
  if (DRIVE.test(path)) return win32.normalize(path);
  if (cwd === null) return null;
  if (posix.isAbsolute(cwd)) return posix.join(cwd, path);
  return DRIVE.test(cwd) ? win32.join(cwd, path) : null;
}
