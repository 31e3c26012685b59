import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkRegular } from "../checkRegular.ts";
import { copyDatabase } from "../copyDatabase.ts";
import {
  BEFORE_RESTORE,
  backupName,
  dropOldBackups,
  dropPartialBackups,
  PARTIAL,
} from "../migrate/backup.ts";
import { putAside } from "../salvage/aside.ts";
import { isDamageCode } from "../salvage/damage.ts";
import { StorageRefusal } from "../storageRefusal.ts";
import { moveLogIn } from "./prepareRestore.ts";

/** What is put where. */
export interface SwapOptions {
  /** What `prepareRestore` made. */
  copy: string;
  database: string;
  backups: string;
  /** Names the backup. */
  now: Date;
}

/** Where that is which was there before; both null where nothing was. */
export interface Replaced {
  /** A whole copy of it. */
  backup: string | null;
  /** Itself, where it was damaged: the next daemon takes over what can be read of it. */
  aside: string | null;
}

/**
 * Puts a prepared copy in the record's place, after a backup. For who holds the daemon's lock. At any
 * moment one of the two is there, whole. Throws StorageRefusal where no backup can be made.
 */
export function swapIn(options: SwapOptions): Replaced {
  const { copy, database, backups } = options;
  checkRegular(database);
  const replaced = existsSync(database) ? keep(options) : { backup: null, aside: null };
  // Without what is left of the old one's log, which SQLite would read as the new one's.
  for (const end of ["-wal", "-shm"]) rmSync(database + end, { force: true });
  renameSync(copy, database);
  if (replaced.backup) dropOldBackups(backups, replaced.backup);
  return replaced;
}

function keep({ database, backups, now }: SwapOptions): Replaced {
  dropPartialBackups(backups);
  const backup = join(backups, backupName(BEFORE_RESTORE, now));
  try {
    moveLogIn(database);
    copyDatabase(database, backup + PARTIAL);
  } catch (error) {
    rmSync(backup + PARTIAL, { force: true });
    if (!isOfDamage(error)) throw error;
    return { backup: null, aside: putAside(database, now) };
  }
  renameSync(backup + PARTIAL, backup);
  return { backup, aside: null };
}

function isOfDamage(error: unknown): boolean {
  if (error instanceof StorageRefusal) return error.reason === "damaged";
  return isDamageCode((error as { code?: string }).code);
}
