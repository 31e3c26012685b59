import { closeSync, openSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { uniqueSuffix } from "./uniqueSuffix.ts";

/** Writes a 0600 file so that a reader finds the old content or the new, never a part. Throws like fs. */
export function atomicWrite(file: string, content: string): void {
  const temporary = `${file}.${uniqueSuffix()}.tmp`;
  writeNew(temporary, content);
  try {
    renameSync(temporary, file);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** Writes a 0600 file that must not be there yet: a planted file or symlink is an EEXIST. */
export function writeNew(file: string, content: string): void {
  const fd = openSync(file, "wx", 0o600);
  try {
    writeFileSync(fd, content);
  } catch (error) {
    unlinkSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
}
