import { lstatSync } from "node:fs";

/** True where a regular file lies at the path; symlinks are not followed. */
export function isRegular(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Throws an Error where something lies at the path that is no regular file: SQLite would follow or wait for it. */
export function checkRegular(file: string): void {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) throw new Error(`${file} is no regular file: move it away`);
}
