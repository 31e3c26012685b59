import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { execute, runMigrations, STARTS, temporary } from "./files.ts";
import { LEGACY, readLegacyColumns } from "./legacy.ts";
import { MIGRATION_NAMES, prisma } from "./prisma.ts";
import { expectWholeSchema } from "./wholeSchema.ts";

// A start of Prisma's CLI takes one to three seconds.
vi.setConfig({ testTimeout: 60_000 });

/** Everything in the schema, as SQLite keeps it. */
const schemaOf = (database: string) =>
  queryRows(database, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name");

test("a new file gets every CHECK, index and trigger", () => {
  using directory = temporary();
  const database = join(directory.path, "duolog.db");
  expect(runMigrations(database)).toEqual({
    applied: MIGRATION_NAMES,
    baselined: false,
    backup: null,
  });
  expectWholeSchema(database);
});

test("a history without a row counts as none", () => {
  using directory = temporary();
  const [legacy, empty] = ["legacy.db", "empty.db"].map((name) => join(directory.path, name));
  if (!legacy || !empty) throw new Error("unreachable");
  STARTS.find(({ name }) => name === "0001_init")?.make(legacy);
  execute(legacy, "DELETE FROM _prisma_migrations");
  expect(runMigrations(legacy)).toMatchObject({ baselined: true });
  expect(readLegacyColumns(legacy)).toEqual(LEGACY);
  expectWholeSchema(legacy);

  runMigrations(empty);
  for (const table of ["blobs", "session_events", "tool_calls", "messages", "sessions"]) {
    execute(empty, `DROP TABLE ${table}`);
  }
  execute(empty, "DELETE FROM _prisma_migrations");
  expect(runMigrations(empty)).toMatchObject({ applied: MIGRATION_NAMES, baselined: false });
  expectWholeSchema(empty);
});

describe.each(STARTS)("a file at: $name", ({ name, pending, make }) => {
  test("is brought to the newest migration with every row and value", () => {
    using directory = temporary();
    const database = join(directory.path, "duolog.db");
    make(database);
    const { applied, baselined } = runMigrations(database);
    expect(applied).toEqual(pending);
    expect(baselined).toBe(name === "before the plan");
    expect(readLegacyColumns(database)).toEqual(LEGACY);
    expect(queryRows(database, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(queryRows(database, "PRAGMA foreign_key_check")).toEqual([]);
  });

  test("then has every CHECK, index and trigger, just as a new file", () => {
    using directory = temporary();
    const [database, fresh] = ["duolog.db", "new.db"].map((name) => join(directory.path, name));
    if (!database || !fresh) throw new Error("unreachable");
    make(database);
    runMigrations(database);
    runMigrations(fresh);
    expectWholeSchema(database);
    expect(schemaOf(database)).toEqual(schemaOf(fresh));
  });

  test("is then clean to Prisma's own engine", async () => {
    using directory = temporary();
    const database = join(directory.path, "duolog.db");
    make(database);
    runMigrations(database);
    expect(await prisma(database, "migrate status")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Database schema is up to date!"),
    });
  });
});
