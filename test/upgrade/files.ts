import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths, ensureDataDir } from "@duolog/client/local";
import Database from "libsql";
import { type MigrateResult, migrate } from "../../apps/daemon/src/storage/migrate/migrate.ts";
import { writeLegacyFile } from "./legacy.ts";
import { MIGRATION_NAMES, MIGRATIONS } from "./prisma.ts";

/** A directory under the system's temporary folder, removed by `using`. */
export function temporary(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "duolog-upgrade-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The data directory in `path`, made if need be. */
export function dataDirectory(path: string) {
  const paths = dataPaths(path);
  ensureDataDir(paths);
  chmodSync(path, 0o700);
  return paths;
}

export const sha256 = (file: string) =>
  createHash("sha256").update(readFileSync(file)).digest("hex");

/** Runs the daemon's own runner on a file; backups go beside it. */
export function runMigrations(database: string, migrations = MIGRATIONS): MigrateResult {
  const backups = `${database}-backups`;
  mkdirSync(backups, { recursive: true });
  const result = migrate({ database, backups, migrations });
  settle(database);
  return result;
}

/** Brings a file, or makes a new one, to the migration `last`. */
export function migrateUpTo(database: string, last: string): void {
  using directory = temporary();
  runMigrations(database, migrationsUpTo(last, directory.path));
}

/** A directory with the first migrations only, up to `last`. */
function migrationsUpTo(last: string, directory: string): string {
  for (const name of MIGRATION_NAMES.filter((name) => name <= last)) {
    cpSync(join(MIGRATIONS, name), join(directory, name), { recursive: true });
  }
  return directory;
}

interface Start {
  name: string;
  /** The migrations that it lacks. */
  pending: string[];
  make: (database: string) => void;
}

/**
 * Every state in which a user's file may be found, all of them with `LEGACY` in it: from before the
 * plan (which is what the first migration makes, unrecorded), and at each migration.
 */
export const STARTS: Start[] = [
  {
    name: "before the plan",
    pending: MIGRATION_NAMES.slice(1),
    make: (file) => writeLegacyFile(file),
  },
  ...MIGRATION_NAMES.map((name, i) => ({
    name,
    pending: MIGRATION_NAMES.slice(i + 1),
    make: (file: string) => {
      writeLegacyFile(file);
      migrateUpTo(file, name);
    },
  })),
];

/** Runs a script on a file as any program might, and leaves everything in the file itself. */
export function execute(database: string, sql: string): void {
  const db = new Database(database);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
  settle(database);
}

/** Moves what is in the WAL to the file; libSQL's close does it only once statements are collected. */
export function settle(database: string): void {
  const db = new Database(database);
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}
