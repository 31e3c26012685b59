import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withOwnFile } from "../../reader/realFile.ts";

/** Longer no link's target is expected to be, bytes; a transcript's line is hardly shorter. */
const MAX_BYTES = 1024;

/**
 * True where a file holds but the path of something that is there: what git and zip make of a symlink
 * where there are none. `size` is the file's, bytes. Throws like fs.
 */
export function isLinkText(path: string, size: number): boolean {
  if (size === 0 || size > MAX_BYTES) return false;
  const text = withOwnFile(path, (fd) => readFileSync(fd, "utf8")) ?? "";
  const isPath = /^[^\0\n{]+\n?$/.test(text) && text.includes("/");
  return isPath && existsSync(resolve(dirname(path), text.trimEnd()));
}
