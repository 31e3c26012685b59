import { lstatSync, readFileSync } from "node:fs";
import { isOurs } from "../data/paths.ts";
import { withRegularFile } from "./regularFile.ts";

/** The text of a regular file of ours; null where there is none that may be read. Throws like fs. */
export function readOwn(file: string): string | null {
  return withRegularFile(file, (fd, stats) => (isOurs(stats) ? readFileSync(fd, "utf8") : null));
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
