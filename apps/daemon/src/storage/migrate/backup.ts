import { chmodSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type Database from "libsql";
import { StorageRefusal } from "../storageRefusal.ts";

/** How many backups from before upgrades stay, and how many from before backfills. */
const KEPT = 2;
/** Free space a migration must find, in sizes of the database: the backup, and its tables anew. */
const ROOM = 3;

/** Bytes free in a directory for a user without privileges. */
export type FreeBytes = (directory: string) => number;

/** What the file system tells. Throws like fs. */
export const freeBytesOf: FreeBytes = (directory) => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** Throws StorageRefusal where the disk can't hold a backup and the migration itself. */
export function checkRoom(database: string, backups: string, freeBytes: FreeBytes): void {
  const needed = sizeOf(database) * ROOM;
  for (const directory of [backups, dirname(database)]) {
    if (freeBytes(directory) >= needed) continue;
    throw new StorageRefusal(
      "no-room",
      `upgrading the database takes ${megabytes(needed)} MB free in ${directory}, which has ${megabytes(freeBytes(directory))} MB; free some and start again`,
    );
  }
}

/** Writes a whole copy of the database into `backups` and returns its path. Throws StorageRefusal. */
export function backUp(db: Database.Database, backups: string, label: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace(".", "-");
  const file = join(backups, `duolog-${stamp}-${label}.db`);
  try {
    db.prepare("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  } catch (error) {
    for (const part of [file, `${file}-journal`]) rmSync(part, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageRefusal("no-room", `can't write the backup ${file}: ${reason}`, {
      cause: error,
    });
  }
  return file;
}

/** The label of a copy from before a backfill of `source`. */
export const BEFORE_BACKFILL = "before-backfill-source";

/**
 * To be called once the work that a copy was made for is done: the last two from before an upgrade
 * stay, and the last two from before a backfill.
 */
export function dropOldBackups(backups: string): void {
  const ours = readdirSync(backups)
    .filter((name) => /^duolog-\d{8}T.*\.db$/.test(name))
    .sort();
  const isOfBackfill = (name: string) => name.includes(BEFORE_BACKFILL);
  const kept = [
    ...ours.filter(isOfBackfill).slice(-KEPT),
    ...ours.filter((name) => !isOfBackfill(name)).slice(-KEPT),
  ];
  for (const name of ours) {
    if (!kept.includes(name)) rmSync(join(backups, name), { force: true });
  }
}

function sizeOf(database: string): number {
  const files = [database, `${database}-wal`];
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
