import { join } from "node:path";
import { SessionStatus, Source, TitleKind } from "@duolog/contract";
import { describe, expect, test, vi } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { execute, runMigrations, STARTS, temporary } from "./files.ts";
import { LEGACY, readLegacyColumns } from "./legacy.ts";
import { MIGRATION_NAMES, prisma } from "./prisma.ts";

// A start of Prisma's CLI takes one to three seconds.
vi.setConfig({ testTimeout: 60_000 });

/** What Prisma's own diff doesn't see, or would lose at the next RedefineTables of the table. */
const CHECKS = [
  ["messages", "source", Source],
  ["sessions", "source", Source],
  ["sessions", "status", SessionStatus],
  ["sessions", "title_kind", TitleKind],
] as const;

const INDEXES = [
  "messages_changed_seq_idx",
  "messages_id_idx",
  "messages_session_id_created_at_idx",
  "messages_session_id_id_key",
  "messages_source_idx",
  "sessions_changed_seq_idx",
  "sessions_updated_at_idx",
];

const TRIGGERS: string[] = [];

const namesOf = (database: string, type: string) =>
  queryRows<{ name: string }>(
    database,
    "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
    type,
  ).map(({ name }) => name);

/** Everything in the schema, as SQLite keeps it. */
const schemaOf = (database: string) =>
  queryRows(database, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name");

const checksOf = (database: string) =>
  queryRows<{ name: string; sql: string }>(
    database,
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name",
  ).flatMap(({ name, sql }) =>
    [...sql.matchAll(/CHECK \("(\w+)" IN \(([^)]*)\)\)/g)].map(([, column = "", values = ""]) => ({
      table: name,
      column,
      values: values.replaceAll("'", "").split(", ").sort(),
    })),
  );

function expectWholeSchema(database: string): void {
  const expected = CHECKS.map(([table, column, values]) => ({
    table,
    column,
    values: Object.values(values).sort(),
  }));
  const byColumn = (a: { table: string; column: string }, b: { table: string; column: string }) =>
    `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`);
  expect(checksOf(database).sort(byColumn)).toEqual(expected);
  expect(namesOf(database, "index")).toEqual(INDEXES);
  expect(namesOf(database, "trigger")).toEqual(TRIGGERS);
}

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
  execute(empty, "DROP TABLE messages; DROP TABLE sessions; DELETE FROM _prisma_migrations");
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
