import { closeSync, fstatSync, lstatSync, readFileSync } from "node:fs";
import { isOurs } from "./paths.ts";
import { openToRead } from "./regularFile.ts";

/** The text of a regular file of ours; null where there is none that can be read. */
export function readOwn(file: string): string | null {
  let fd: number | undefined;
  try {
    fd = openToRead(file);
    const stats = fstatSync(fd);
    return stats.isFile() && isOurs(stats) ? readFileSync(fd, "utf8") : null;
  } catch {
    return null;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The same, but throws an Error where something lies there that is none. */
export function readIfThere(file: string): string | null {
  const text = readOwn(file);
  if (text !== null) return text;
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  const what = stats.isSymbolicLink() ? "a symlink" : "no file of yours that can be read";
  throw new Error(`${file} is ${what}: move it away`);
}
