import { realpathSync } from "node:fs";
import Database from "libsql";
import { isRegular } from "../checkRegular.ts";
import { copyDatabase } from "../copyDatabase.ts";
import { migrate } from "../migrate/migrate.ts";
import { countRows } from "../record/countRows.ts";
import type { Totals } from "../record/reads.ts";
import { isDamaged } from "../salvage/damage.ts";
import { checkHeader } from "../salvage/header.ts";
import { isWalDamaged } from "../salvage/wal.ts";
import { StorageRefusal } from "../storageRefusal.ts";

/** What a restore is made from, and where. */
export interface PrepareOptions {
  /** A copy of a record; it is only read. */
  file: string;
  /** The record that it is to replace. */
  database: string;
  /** A directory of ours, on the database's own file system. */
  scratch: string;
  migrations: string;
}

/**
 * Makes `<scratch>/restored.db` of a file, whole, checked and of today's shape, and tells what it holds.
 * Throws StorageRefusal, and has changed nothing, where the file is no sound record.
 */
export function prepareRestore(options: PrepareOptions): { copy: string; totals: Totals } {
  const { file, scratch, migrations } = options;
  checkFile(options);
  const copy = `${scratch}/restored.db`;
  copyDatabase(file, copy);
  if (isDamaged(copy)) throw damaged(file);
  migrate({ database: copy, backups: scratch, migrations });
  const totals = countRows(copy);
  if (!totals || totals.sessions === 0) {
    throw new StorageRefusal("foreign", `${file} holds no session of duolog's`);
  }
  moveLogIn(copy);
  return { copy, totals };
}

function checkFile({ file, database }: PrepareOptions): void {
  if (!isRegular(file)) throw new StorageRefusal("unreadable", `${file} is no file`);
  if (isRegular(database) && realpathSync(file) === realpathSync(database)) {
    throw new StorageRefusal("unreadable", `${file} is the record itself`);
  }
  checkHeader(file);
  if (isWalDamaged(file)) throw damaged(file);
}

function damaged(file: string): StorageRefusal {
  return new StorageRefusal(
    "damaged",
    `${file} is damaged; \`duolog import --database\` takes of it what can be read`,
  );
}

/** Throws like SQLite. Nothing is prepared, so that the file is closed at once. */
export function moveLogIn(database: string): void {
  const db = new Database(database, { timeout: 5_000 });
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}
