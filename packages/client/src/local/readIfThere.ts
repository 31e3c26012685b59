import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { errno } from "./errno.ts";

/** The text of a file, null where there is none. A symlink is refused with ELOOP; throws like fs. */
export function readIfThere(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errno(error) === "ENOENT") return null;
    throw error;
  }
  try {
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}
