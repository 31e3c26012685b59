import { chmodSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type Database from "libsql";
import { StorageRefusal } from "../storageRefusal.ts";

/** How many backups from before upgrades stay, and how many from before backfills, repairs and restores. */
const KEPT = 2;
/**
 * Free space a migration must find, in sizes of the database: the backup, its tables anew in the
 * write-ahead log, and the file that grows by them; short rows grow by their new columns besides
 * (measured: 3.0 with texts of 2,000 bytes, 4.2 with texts of 50).
 */
const ROOM = 5;

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

/** Added to the name of a copy that is not whole yet. */
export const PARTIAL = ".partial";

/** Removes what is left of copies that a kill cut off. For who alone writes copies there. */
export function dropPartialBackups(backups: string): void {
  for (const name of filesIn(backups)) {
    if (/^duolog-\d{8}T.*\.db\.partial(-journal)?$/.test(name)) rmSync(join(backups, name));
  }
}

/**
 * Writes a whole copy of the database into `backups` and returns its path; until it is whole it has
 * another name. Throws StorageRefusal.
 */
export function backUp(db: Database.Database, backups: string, label: string, now: Date): string {
  const file = join(backups, backupName(label, now));
  const partial = file + PARTIAL;
  try {
    db.prepare("VACUUM INTO ?").run(partial);
    chmodSync(partial, 0o600);
    renameSync(partial, file);
  } catch (error) {
    for (const part of [partial, `${partial}-journal`]) rmSync(part, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageRefusal("no-room", `can't write the backup ${file}: ${reason}`, {
      cause: error,
    });
  }
  return file;
}

/** The name of a copy that was made then, for what the label says. */
export function backupName(label: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace(".", "-");
  return `duolog-${stamp}-${label}.db`;
}

/** The label of a copy from before a backfill of `source`. */
export const BEFORE_BACKFILL = "before-backfill-source";
/** The label of a copy from before a repair. */
export const BEFORE_REPAIR = "before-repair";
/** The label of a copy from before a restore. */
export const BEFORE_RESTORE = "before-restore";

const OCCASIONS = [BEFORE_BACKFILL, BEFORE_REPAIR, BEFORE_RESTORE];

/**
 * To be called once the work that the copy `made` is for is done: of those from before an upgrade, a
 * backfill, a repair or a restore, whichever it is of, it stays and the last other one by the time in
 * its name, which may be of a clock that was wrong.
 */
export function dropOldBackups(backups: string, made: string): void {
  const occasion = (name: string) => OCCASIONS.find((label) => name.includes(label));
  const others = filesIn(backups)
    .filter((name) => /^duolog-\d{8}T.*\.db$/.test(name) && name !== basename(made))
    .filter((name) => occasion(name) === occasion(basename(made)))
    .sort();
  for (const name of others.slice(0, 1 - KEPT)) rmSync(join(backups, name), { force: true });
}

function filesIn(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function sizeOf(database: string): number {
  const files = [database, `${database}-wal`];
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
