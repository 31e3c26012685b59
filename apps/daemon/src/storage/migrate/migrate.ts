import { rmSync } from "node:fs";
import Database from "libsql";
import { isDamageCode } from "../salvage/damage.ts";
import { StorageRefusal, unreadable } from "../storageRefusal.ts";
import {
  backUp,
  checkRoom,
  dropOldBackups,
  dropPartialBackups,
  type FreeBytes,
  freeBytesOf,
} from "./backup.ts";
import {
  createHistory,
  HISTORY_TABLE,
  hasHistory,
  hasTable,
  pendingMigrations,
  recordMigration,
} from "./history.ts";
import { settleMissingIds } from "./legacyIds.ts";
import { legacyDifferences } from "./legacyShape.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { noteRowNumbers } from "./rowNumbers.ts";
import { refuseUserReferences, takeUserObjects } from "./userObjects.ts";

/** Which file is migrated, by what, and where its backup goes. */
export interface MigrateOptions {
  /** The database's file; made where there is none. */
  database: string;
  /** The directory of backups; must exist. */
  backups: string;
  /** The directory of the migrations. */
  migrations: string;
  /** For the history and the backup's name. Default: the system's clock. */
  now?: () => Date;
  /** Default: what the file system tells. */
  freeBytes?: FreeBytes;
}

/** What was changed. */
export interface MigrateResult {
  /** Names of the migrations whose scripts ran. */
  applied: string[];
  /** True where a file from before migrations was recorded as the first one. */
  baselined: boolean;
  /** The backup written before, where there were rows. */
  backup: string | null;
}

/**
 * Brings a database to the newest migration, all of it or nothing, and into WAL mode.
 * Throws StorageRefusal, and changes nothing, where it can't or must not. What anybody may have put
 * there goes through `checkHeader` first.
 */
export function migrate(options: MigrateOptions): MigrateResult {
  const db = open(options.database);
  try {
    return run(db, readMigrations(options.migrations), options);
  } catch (error) {
    throw asRefusal(error, options.database);
  } finally {
    db.close();
  }
}

const OUR_TABLES = ["sessions", "messages"];

interface Plan {
  baseline: Migration | null;
  pending: Migration[];
}

function run(
  db: Database.Database,
  migrations: Migration[],
  options: MigrateOptions,
): MigrateResult {
  const { database, backups, now = () => new Date(), freeBytes = freeBytesOf } = options;
  const plan = planFor(db, migrations);
  if (plan.pending.length === 0 && !plan.baseline) {
    // A copy that was put in its place, by VACUUM INTO, is not in it.
    db.pragma("journal_mode = WAL");
    return { applied: [], baselined: false, backup: null };
  }
  let backup: string | null = null;
  if (hasRows(db)) {
    dropPartialBackups(backups);
    // What an upgrade that was killed left in the log is nothing, and would count.
    db.pragma("wal_checkpoint(TRUNCATE)");
    checkRoom(database, backups, freeBytes);
    backup = backUp(db, backups, `before-${plan.pending[0]?.name ?? "baseline"}`, now());
  }
  const applied = applyOrDropCopy(db, migrations, now, backup);
  if (backup) dropOldBackups(backups, backup);
  return { applied, baselined: plan.baseline !== null, backup };
}

/** Where it fails, the file is as it was, and a copy at each try would push out those that matter. */
function applyOrDropCopy(
  db: Database.Database,
  migrations: Migration[],
  now: () => Date,
  backup: string | null,
): string[] {
  try {
    db.pragma("journal_mode = WAL");
    return apply(db, migrations, now);
  } catch (error) {
    if (backup) rmSync(backup, { force: true });
    throw error;
  }
}

/** Plans anew inside the transaction: somebody else may have migrated the file meanwhile. */
function apply(db: Database.Database, migrations: Migration[], now: () => Date): string[] {
  // Dropping a table with foreign keys enforced would delete the rows that refer to it, and the
  // pragma does nothing inside a transaction.
  db.pragma("foreign_keys = OFF");
  db.exec("BEGIN IMMEDIATE");
  try {
    const { baseline, pending } = planFor(db, migrations);
    createHistory(db);
    const at = now().getTime();
    if (baseline) recordMigration(db, baseline, at, at, 0);
    refuseUserReferences(db);
    const putBack = takeUserObjects(db, without(migrations, pending));
    settleMissingIds(db);
    const keepRowNumbers = noteRowNumbers(db);
    for (const migration of pending) applyOne(db, migration, now);
    keepRowNumbers();
    putBack();
    checkReferences(db);
    db.exec("COMMIT");
    return pending.map(({ name }) => name);
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function without(migrations: Migration[], pending: Migration[]): Migration[] {
  return migrations.filter((migration) => !pending.includes(migration));
}

/** Of our own tables: what is broken in a user's own is not ours to judge. */
function checkReferences(db: Database.Database): void {
  for (const table of OUR_TABLES) {
    const broken = db.pragma(`foreign_key_check("${table}")`) as unknown[];
    if (broken.length) {
      throw new Error(`${broken.length} rows of ${table} refer to a row that is not there`);
    }
  }
}

function applyOne(db: Database.Database, migration: Migration, now: () => Date): void {
  const startedAt = now().getTime();
  db.exec(migration.sql);
  recordMigration(db, migration, startedAt, now().getTime(), 1);
}

function planFor(db: Database.Database, migrations: Migration[]): Plan {
  if (hasHistory(db)) return { baseline: null, pending: pendingMigrations(db, migrations) };
  const [first, ...rest] = migrations;
  if (!first) throw new Error("there are no migrations");
  const differences = legacyDifferences(db);
  if (differences?.length === 0) return { baseline: first, pending: rest };
  if (isEmpty(db)) return { baseline: null, pending: migrations };
  throw foreign(differences);
}

function foreign(differences: string[] | null): StorageRefusal {
  const elsewhere = "move the file away, or name another data directory with DUOLOG_DATA_DIR";
  if (!differences) {
    return new StorageRefusal(
      "foreign",
      `the database has tables that are not duolog's; ${elsewhere}`,
    );
  }
  const shown = differences.slice(0, 5).join(", ");
  const more = differences.length > 5 ? ` and ${differences.length - 5} more` : "";
  return new StorageRefusal(
    "foreign",
    `the database has no history of migrations, and its tables are not those of before there was one (${shown}${more}); make them so, restore a backup, or ${elsewhere}`,
  );
}

/** A history without a row, as of a first migration that was interrupted, is nothing. */
function isEmpty(db: Database.Database): boolean {
  const others = `SELECT 1 FROM sqlite_master
    WHERE tbl_name IS NOT '${HISTORY_TABLE}' AND tbl_name NOT GLOB 'sqlite_*' LIMIT 1`;
  return db.prepare(others).get() === undefined;
}

function hasRows(db: Database.Database): boolean {
  const tables = OUR_TABLES.filter((table) => hasTable(db, table));
  return tables.some((table) => db.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined);
}

function open(database: string): Database.Database {
  try {
    return new Database(database, { timeout: 5_000 });
  } catch (error) {
    throw unreadable(database, error);
  }
}

function asRefusal(error: unknown, database: string): unknown {
  const code = (error as { code?: string }).code ?? "";
  if (isDamageCode(code)) {
    return new StorageRefusal("damaged", `${database} is damaged`, { cause: error });
  }
  if (code.startsWith("SQLITE_FULL")) {
    return new StorageRefusal("no-room", `no room left to upgrade ${database}`, { cause: error });
  }
  const denied = [
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
    "SQLITE_IOERR",
    "SQLITE_BUSY",
  ];
  if (denied.some((prefix) => code.startsWith(prefix))) return unreadable(database, error);
  return error;
}
