import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What SQLite keeps beside a database and needs to read it. */
const COMPANIONS = ["", "-wal", "-shm"];

/** What of a damaged database could still be read and was recorded again. */
export interface TakenOver {
  sessions: number;
  messages: number;
}

/** A damaged database that was put aside; `takenOver` is null until what can be read of it was. */
export interface Aside {
  file: string;
  takenOver: TakenOver | null;
}

/** Renames a database, with what belongs to it, and returns its new path. Throws like fs. */
export function putAside(database: string, now: Date): string {
  const aside = `${database}.damaged-${now.toISOString().replaceAll(/[-:.]/g, "")}`;
  for (const end of COMPANIONS) {
    if (existsSync(database + end)) renameSync(database + end, aside + end);
  }
  return aside;
}

/** The databases that were put aside, oldest first. */
export function listAside(database: string): Aside[] {
  const directory = dirname(database);
  if (!existsSync(directory)) return [];
  const start = `${basename(database)}.damaged-`;
  return readdirSync(directory)
    .filter((name) => name.startsWith(start) && /^\w+$/.test(name.slice(start.length)))
    .sort()
    .map((name) => ({
      file: join(directory, name),
      takenOver: readTakenOver(join(directory, name)),
    }));
}

/** Copies one that was put aside, with what belongs to it. Rejects like fs. */
export async function copyAside(aside: string, to: string): Promise<void> {
  await copyFile(aside, to);
  // The -shm is an index of the WAL, which SQLite makes anew.
  if (existsSync(`${aside}-wal`)) await copyFile(`${aside}-wal`, `${to}-wal`);
}

/** Notes that it need not be read again. */
export function noteTakenOver(aside: string, takenOver: TakenOver): void {
  writeFileSync(noteOf(aside), JSON.stringify(takenOver), { mode: 0o600 });
}

function readTakenOver(aside: string): TakenOver | null {
  if (!existsSync(noteOf(aside))) return null;
  return JSON.parse(readFileSync(noteOf(aside), "utf8")) as TakenOver;
}

function noteOf(aside: string): string {
  return `${aside}.taken-over`;
}
