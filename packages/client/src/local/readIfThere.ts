import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errno } from "./errno.ts";
import { isOurs } from "./paths.ts";

/** The text of a file of ours, null where there is none. A symlink is refused with ELOOP; throws like fs. */
export function readIfThere(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errno(error) === "ENOENT") return null;
    throw error;
  }
  try {
    return isOurs(fstatSync(fd)) ? readFileSync(fd, "utf8") : null;
  } finally {
    closeSync(fd);
  }
}
