import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { execute, runMigrations, settle, sha256, temporary } from "./files.ts";
import { LEGACY, readLegacyColumns, writeLegacyFile } from "./legacy.ts";
import { copyPrismaProject, MIGRATION_NAMES, prisma, ROOT, run } from "./prisma.ts";

/** `npx prisma …`, with nothing but npm's registry in reach: the official engine from npm. */

// A start of Prisma's CLI takes one to three seconds.
vi.setConfig({ testTimeout: 90_000 });

const ok = (text: string) => ({ code: 0, output: expect.stringContaining(text) });
const failed = (code: number, text: string) => ({ code, output: expect.stringContaining(text) });

const history = (database: string) =>
  queryRows<{ migration_name: string; checksum: string; applied_steps_count: number }>(
    database,
    `SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );

const nothingToDo = { applied: [], baselined: false, backup: null };

test("migrate deploy makes the database that the runner makes, and each calls the other's clean", async () => {
  using directory = temporary();
  const [theirs, ours] = [join(directory.path, "engine.db"), join(directory.path, "runner.db")];
  expect(await prisma(theirs, "migrate status")).toMatchObject(failed(1, "P1003"));
  expect(existsSync(theirs)).toBe(false);
  expect(await prisma(theirs, "migrate deploy")).toMatchObject(ok("successfully applied"));
  runMigrations(ours);

  const schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name";
  expect(queryRows(theirs, schema)).toEqual(queryRows(ours, schema));
  expect(history(theirs)).toEqual(history(ours));

  const before = sha256(ours);
  expect(await prisma(ours, "migrate status")).toMatchObject(ok("Database schema is up to date!"));
  expect(await prisma(ours, "migrate deploy")).toMatchObject(ok("No pending migrations to apply."));
  expect(sha256(ours)).toBe(before);
  expect(runMigrations(theirs)).toEqual(nothingToDo);
});

test("a file from before the plan is refused with P3005 until it is baselined, then keeps every row", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  writeLegacyFile(database);
  expect(await prisma(database, "migrate deploy")).toMatchObject(failed(1, "P3005"));
  expect(await prisma(database, "migrate resolve --applied 0001_init")).toMatchObject(
    ok("Migration 0001_init marked as applied."),
  );
  expect(await prisma(database, "migrate deploy")).toMatchObject(ok("successfully applied"));
  expect(readLegacyColumns(database)).toEqual(LEGACY);
  expect(history(database).map((row) => row.migration_name)).toEqual(MIGRATION_NAMES);
  expect(runMigrations(database)).toEqual(nothingToDo);
});

test("the runner carries on from a file that Prisma baselined", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  writeLegacyFile(database);
  await prisma(database, "migrate resolve --applied 0001_init");
  expect(runMigrations(database)).toMatchObject({
    applied: MIGRATION_NAMES.slice(1),
    baselined: false,
  });
  expect(readLegacyColumns(database)).toEqual(LEGACY);
});

test("migrate diff finds no drift between schema.prisma, the migrations and the file", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  const toSchema = "--to-schema prisma/schema.prisma --exit-code";
  const fromMigrations = `migrate diff --from-migrations prisma/migrations ${toSchema}`;
  expect(await prisma(database, fromMigrations)).toMatchObject(ok("No difference detected."));
  expect(existsSync(database)).toBe(false);

  runMigrations(database);
  const fromFile = `migrate diff --from-config-datasource ${toSchema}`;
  expect(await prisma(database, fromFile)).toMatchObject(ok("No difference detected."));
  execute(database, "CREATE TABLE stray (id INTEGER PRIMARY KEY)");
  expect(await prisma(database, fromFile)).toMatchObject(failed(2, "stray"));
});

test("migrate resolve --rolled-back settles a failed migration, and the runner goes on", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  runMigrations(database);
  const last = MIGRATION_NAMES.at(-1);
  execute(
    database,
    `UPDATE _prisma_migrations SET finished_at = NULL, migration_name = 'x_failed'
                     WHERE migration_name = '${last}'`,
  );
  expect(await prisma(database, "migrate deploy")).toMatchObject(failed(1, "P3009"));
  expect(await prisma(database, "migrate resolve --rolled-back x_failed")).toMatchObject(
    ok("Migration x_failed marked as rolled back."),
  );
  expect(await prisma(database, `migrate resolve --applied ${last}`)).toMatchObject({ code: 0 });
  expect(runMigrations(database)).toEqual(nothingToDo);
});

test("what the engine left half done, the runner refuses and leaves as it is", async () => {
  using directory = temporary();
  const project = copyPrismaProject(join(directory.path, "project"));
  const database = join(directory.path, "duolog.db");
  runMigrations(database);
  const migrations = join(project, "prisma/migrations");
  mkdirSync(join(migrations, "9999_broken"));
  const broken = "CREATE TABLE half (id INTEGER); CREATE TABLE sessions (id INTEGER);";
  writeFileSync(join(migrations, "9999_broken/migration.sql"), broken);
  expect(await prisma(database, "migrate deploy", project)).toMatchObject(
    failed(1, "table sessions already exists"),
  );
  expect(queryRows(database, "SELECT name FROM sqlite_master WHERE name = 'half'")).toHaveLength(1);
  settle(database);
  const before = sha256(database);
  expect(() => runMigrations(database, migrations)).toThrow(/9999_broken .*never finished/);
  expect(sha256(database)).toBe(before);
});

test("migrate dev writes a migration of a changed schema, and sees an edited one", async () => {
  using directory = temporary();
  const project = copyPrismaProject(join(directory.path, "project"));
  const database = join(directory.path, "dev.db");
  const schema = join(project, "prisma/schema.prisma");
  const models = readFileSync(schema, "utf8").replaceAll(/^generator [^}]*}\n/gm, "");
  writeFileSync(schema, models);
  expect(await prisma(database, "migrate dev", project)).toMatchObject(ok("now in sync"));
  writeFileSync(schema, `${models}\nmodel Extra {\n  id Int @id\n}\n`);
  expect(await prisma(database, "migrate dev --name extra", project)).toMatchObject(ok("_extra/"));
  expect(history(database).at(-1)?.migration_name).toMatch(/^\d{14}_extra$/);
  expect(await prisma(database, "db push", project)).toMatchObject(ok("already in sync"));

  appendFileSync(join(project, "prisma/migrations/0001_init/migration.sql"), "-- edited\n");
  expect(await prisma(database, "migrate dev", project)).toMatchObject(
    failed(130, "was modified after it was applied"),
  );
});

test("db push, execute and pull", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  expect(await prisma(database, "db push")).toMatchObject(ok("now in sync"));
  const script = join(directory.path, "script.sql");
  writeFileSync(
    script,
    "CREATE TABLE one (id INTEGER PRIMARY KEY); CREATE TABLE two (id INTEGER PRIMARY KEY);",
  );
  expect(await prisma(database, `db execute --file ${script}`)).toMatchObject(ok("successfully"));
  expect(await prisma(database, `db execute --file ${script}`)).toMatchObject(
    failed(1, "table one already exists"),
  );
  const pulled = await prisma(database, "db pull --print");
  for (const model of ["Session", "Message", "one", "two"]) {
    expect(pulled.output).toContain(`model ${model} {`);
  }
});

test("migrate reset empties the file and brings it to the newest migration", async () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  writeLegacyFile(database);
  runMigrations(database);
  execute(database, "CREATE VIEW odd AS SELECT 1; CREATE VIRTUAL TABLE words USING fts5(text)");
  expect(await prisma(database, "migrate reset --force")).toMatchObject(ok("reset successful"));
  expect(readLegacyColumns(database)).toEqual({ sessions: [], messages: [] });
  const strays = "SELECT name FROM sqlite_master WHERE name LIKE 'words%' OR name = 'odd'";
  expect(queryRows(database, strays)).toEqual([]);
  expect(runMigrations(database)).toEqual(nothingToDo);
});

test("npx prisma takes the database of the data directory, and generate needs no other engine", async () => {
  using directory = temporary();
  const { PRISMA_SCHEMA_ENGINE_BINARY: _, DATABASE_URL: __, ...inherited } = process.env;
  const { path } = directory;
  const env = {
    ...inherited,
    DUOLOG_DATA_DIR: path,
    XDG_CONFIG_HOME: path,
    CHECKPOINT_DISABLE: "1",
  };
  const npx = (args: string) => run(["npx", "prisma", ...args.split(" ")], { cwd: ROOT, env });
  expect(await npx("migrate deploy")).toMatchObject(ok("successfully applied"));
  expect(history(join(directory.path, "duolog.db")).map((row) => row.migration_name)).toEqual(
    MIGRATION_NAMES,
  );

  const project = copyPrismaProject(join(directory.path, "project"));
  const schema = join(project, "prisma/schema.prisma");
  writeFileSync(schema, readFileSync(schema, "utf8").replace(/^generator wire [^}]*}\n/m, ""));
  const generated = join(project, "apps/daemon/src/storage/generated/client.ts");
  rmSync(generated, { force: true });
  expect(await prisma("/nowhere.db", "generate", project)).toMatchObject(
    ok("Generated Prisma Client"),
  );
  expect(existsSync(generated)).toBe(true);
});
