import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { runMigrations, temporary } from "./files.ts";
import { LEGACY, readLegacyColumns, writeLegacyFile } from "./legacy.ts";
import { copyPrismaProject, MIGRATIONS, prisma } from "./prisma.ts";

// A start of Prisma's CLI takes one to three seconds.
vi.setConfig({ testTimeout: 60_000 });

/**
 * Prisma changes a column by making the table anew: new_sessions, copy, DROP TABLE sessions, rename.
 * Inside a transaction its `PRAGMA foreign_keys=OFF` does nothing, and the DROP then deletes every
 * message by ON DELETE CASCADE.
 */
async function redefinedSessions(directory: string): Promise<string> {
  const project = copyPrismaProject(join(directory, "project"));
  const schema = readFileSync(join(project, "prisma/schema.prisma"), "utf8");
  const wider = join(directory, "wider.prisma");
  writeFileSync(
    wider,
    schema.replace("model Session {", 'model Session {\n  extra String @default("x")'),
  );
  const script = join(directory, "redefine.sql");
  const diff = `migrate diff --from-schema prisma/schema.prisma --to-schema ${wider} --script -o ${script}`;
  await prisma(join(directory, "unused.db"), diff, project);
  return readFileSync(script, "utf8");
}

const count = (database: string) => readLegacyColumns(database).messages.length;

test("the trap is there: in a transaction that enforces foreign keys, Prisma's SQL deletes the messages", async () => {
  using directory = temporary();
  const sql = await redefinedSessions(directory.path);
  expect(sql).toContain('DROP TABLE "sessions"');
  const database = join(directory.path, "duolog.db");
  writeLegacyFile(database);
  runMigrations(database);
  const db = new Database(database);
  db.pragma("foreign_keys = ON");
  db.exec(`BEGIN; ${sql} COMMIT;`);
  db.close();
  expect(count(database)).toBe(0);
});

test("the runner applies a migration of that shape with every row kept", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  const migrations = join(directory.path, "migrations");
  cpSync(MIGRATIONS, migrations, { recursive: true });
  mkdirSync(join(migrations, "9999_redefine"));
  writeFileSync(
    join(migrations, "9999_redefine/migration.sql"),
    await redefinedSessions(directory.path),
  );
  writeLegacyFile(database);
  expect(runMigrations(database, migrations).applied.at(-1)).toBe("9999_redefine");
  expect(readLegacyColumns(database)).toEqual(LEGACY);
  expect(queryRows(database, "SELECT DISTINCT extra FROM sessions")).toEqual([{ extra: "x" }]);
  expect(queryRows(database, "PRAGMA foreign_key_check")).toEqual([]);
});

test("a migration that would leave a message without its session changes nothing", () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  const migrations = join(directory.path, "migrations");
  cpSync(MIGRATIONS, migrations, { recursive: true });
  mkdirSync(join(migrations, "9999_orphan"));
  writeFileSync(
    join(migrations, "9999_orphan/migration.sql"),
    "DELETE FROM sessions WHERE id = 'ses_5f1';",
  );
  writeLegacyFile(database);
  const backups = `${database}-backups`;
  const earlier = ["duolog-20260101T000000-000Z-a.db", "duolog-20260102T000000-000Z-b.db"];
  mkdirSync(backups);
  for (const name of earlier) writeFileSync(join(backups, name), "");
  expect(() => runMigrations(database, migrations)).toThrow(/refer to a row that is not there/);
  expect(readdirSync(backups)).toEqual(earlier);
  expect(readLegacyColumns(database)).toEqual(LEGACY);
  expect(queryRows(database, "SELECT name FROM sqlite_master WHERE name LIKE '%prisma%'")).toEqual(
    [],
  );
});
