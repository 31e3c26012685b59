import { statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * The inode number of the directory that a file is in, by which a file tells that it was copied
 * with its directory: what it says of running processes holds for the original. Throws like fs.
 */
export function directoryInode(file: string): number {
  return statSync(dirname(file)).ino;
}
