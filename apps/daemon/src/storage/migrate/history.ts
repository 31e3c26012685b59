import { randomUUID } from "node:crypto";
import type Database from "libsql";
import { StorageRefusal } from "../storageRefusal.ts";
import type { Migration } from "./migrations.ts";

/** Prisma's table of the migrations that a file has. */
export const HISTORY_TABLE = "_prisma_migrations";

/** The table as Prisma's schema engine 7.10 makes it, so that both can carry on from the other. */
const CREATE_HISTORY = `CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

interface HistoryRow {
  name: string;
  checksum: string;
  finished: number;
}

/** True where the file has a table, not a view, of that name. */
export function hasTable(db: Database.Database, name: string): boolean {
  const found = db
    .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
    .get(name);
  return found !== undefined;
}

/** True where the file tells of a migration, whatever became of it. */
export function hasHistory(db: Database.Database): boolean {
  if (!hasTable(db, HISTORY_TABLE)) return false;
  return db.prepare(`SELECT 1 FROM "${HISTORY_TABLE}" LIMIT 1`).get() !== undefined;
}

/** Makes Prisma's table of migrations where it is missing. */
export function createHistory(db: Database.Database): void {
  if (!hasTable(db, HISTORY_TABLE)) db.exec(CREATE_HISTORY);
}

/**
 * Notes a migration as applied. `steps` is 1 where its script ran and 0 where its result was
 * there already, as in `prisma migrate resolve --applied`. Times are epoch ms.
 */
export function recordMigration(
  db: Database.Database,
  migration: Migration,
  startedAt: number,
  finishedAt: number,
  steps: 0 | 1,
): void {
  db.prepare(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
     VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(randomUUID(), migration.checksum, finishedAt, migration.name, startedAt, steps);
}

function readHistory(db: Database.Database): HistoryRow[] {
  return db
    .prepare(
      `SELECT "migration_name" AS name, "checksum" AS checksum, "finished_at" IS NOT NULL AS finished
       FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "migration_name"`,
    )
    .all() as HistoryRow[];
}

/**
 * The migrations that a file with a history still lacks.
 * Throws StorageRefusal where the history is not the beginning of ours.
 */
export function pendingMigrations(db: Database.Database, migrations: Migration[]): Migration[] {
  const history = readHistory(db);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of history) refuseForeignStep(row, known.get(row.name));
  const applied = new Set(history.map((row) => row.name));
  const pending = migrations.filter(({ name }) => !applied.has(name));
  const firstPending = pending[0]?.name;
  const later = history.find((row) => firstPending !== undefined && row.name > firstPending);
  if (later) {
    throw new StorageRefusal(
      "edited-migration",
      `the database has migration ${later.name} but not the earlier ${firstPending}: it was changed by something else than duolog; restore a backup`,
    );
  }
  return pending;
}

function refuseForeignStep(row: HistoryRow, ours: Migration | undefined): void {
  if (!row.finished) {
    throw new StorageRefusal(
      "failed-migration",
      `migration ${row.name} was begun on this database and never finished; restore a backup, or settle it with \`prisma migrate resolve\``,
    );
  }
  if (!ours) {
    throw new StorageRefusal(
      "newer",
      `the database has migration ${row.name}, which this version does not know: it was written by a newer duolog; upgrade duolog`,
    );
  }
  if (ours.checksum !== row.checksum) {
    throw new StorageRefusal(
      "edited-migration",
      `migration ${row.name} is not the one that was applied to this database: it was edited afterwards; install duolog again`,
    );
  }
}
