import { existsSync, readdirSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What SQLite keeps beside a database and needs to read it. */
const COMPANIONS = ["", "-wal", "-shm"];

/** Renames a database, with what belongs to it, and returns its new path. Throws like fs. */
export function putAside(database: string, now: Date): string {
  const aside = `${database}.damaged-${now.toISOString().replaceAll(/[-:.]/g, "")}`;
  for (const end of COMPANIONS) {
    if (existsSync(database + end)) renameSync(database + end, aside + end);
  }
  return aside;
}

/** The databases that were put aside, oldest first. */
export function listAside(database: string): string[] {
  const directory = dirname(database);
  if (!existsSync(directory)) return [];
  const start = `${basename(database)}.damaged-`;
  return readdirSync(directory)
    .filter((name) => name.startsWith(start) && !/-(wal|shm)$/.test(name))
    .sort();
}
