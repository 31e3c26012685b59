import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { OpencodeFile } from "../import/opencodeFile.ts";
import { allRows, importInto } from "../import/records.ts";
import { configIn, layOutTranscripts } from "../import/transcripts.ts";
import { type Captured, readRecording } from "../recordings/opencodeReplay.ts";
import { dataDirectory, migrateUpTo, settle, temporary } from "./files.ts";
import { prisma } from "./prisma.ts";
import { expectWholeSchema } from "./wholeSchema.ts";

vi.setConfig({ testTimeout: 120_000 });

const BEFORE = "0003_message_ids";
const PLANNED = "0001_init";

/** With tool calls, reasoning, compaction, sub-agents, and messages taken away. */
const EVENTS: Captured[] = [
  ...["04-tools", "14-subagent", "21-overflow-compaction", "30-denied-ended-reverted"],
].flatMap(readRecording);

/** All that both agents' stores hold of the recordings, imported. */
function importAll(dataDir: string, store: string) {
  importInto(dataDir, ["--opencode", store]);
  importInto(dataDir, ["--claude-code", configIn(dataDir)]);
}

/** How much earlier than in the agents' own stores the rows of an old record were made, ms. */
const EARLIER = 1;

/** Takes over sessions and messages as far as the older tables have their columns. */
function copyOldColumns(from: string, to: string): void {
  const db = new Database(to);
  try {
    db.prepare("ATTACH ? AS whole").run(from);
    for (const table of ["sessions", "messages"]) {
      const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(table);
      const names = columns.map((column) => `"${(column as { name: string }).name}"`).join(", ");
      db.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM whole.${table}`);
      db.exec(`UPDATE main.${table} SET created_at = created_at - ${EARLIER}`);
    }
  } finally {
    db.close();
  }
  settle(to);
}

/** The columns of an older file's table, as SQL. */
const columnsOf = (database: string, table: string) =>
  queryRows<{ name: string }>(database, "SELECT name FROM pragma_table_info(?)", table)
    .map(({ name }) => `"${name}"`)
    .join(", ");

type Rows = Record<string, unknown>[];
const without = (rows: Rows, ...columns: string[]) =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column))),
  );

test.each([
  ["of the version before", BEFORE, ["created_at"]],
  // It told of no source, no observation and not where a title came from.
  [
    "from before the plan",
    PLANNED,
    ["created_at", "title_kind", "observed_at", "observed_seq", "stamps"],
  ],
])(
  "a record %s is upgraded by a start, and an import fills in what was not kept",
  async (_what, last, own) => {
    using directory = temporary();
    await using whole = await TestDaemon.start();
    const store = join(directory.path, "opencode.db");
    new OpencodeFile(store, EVENTS)[Symbol.dispose]();
    layOutTranscripts(configIn(whole.paths.root));
    importAll(whole.paths.root, store);
    const expected = allRows(whole.paths.database);

    const paths = dataDirectory(join(directory.path, "data"));
    migrateUpTo(paths.database, last);
    copyOldColumns(whole.paths.database, paths.database);
    const tables = ["sessions", "messages"].map((table) => {
      const columns = columnsOf(paths.database, table);
      return `SELECT ${columns} FROM ${table} ORDER BY rowid`;
    });
    const read = (database: string) => tables.map((sql) => queryRows(database, sql));
    const old = read(paths.database);

    await using daemon = await TestDaemon.start(paths.root);
    expect(read(paths.database)).toEqual(old);
    const [backup = ""] = readdirSync(paths.backups);
    expect(read(join(paths.backups, backup))).toEqual(old);
    expectWholeSchema(paths.database);
    const { code, output } = await prisma(paths.database, "migrate status");
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining("Database schema is up to date!"),
    });

    layOutTranscripts(configIn(paths.root));
    importAll(paths.root, store);
    const filled = allRows(paths.database);
    for (const table of ["sessions", "messages"] as const) {
      expect(without(filled[table], ...own), table).toEqual(without(expected[table], ...own));
      const times = filled[table].map(({ id, created_at }) => [id, created_at]);
      const made = expected[table].map(({ id, created_at }) => [
        id,
        typeof created_at === "number" ? created_at - EARLIER : null,
      ]);
      expect(times).toEqual(made);
    }
    expect(filled.toolCalls).toEqual(expected.toolCalls);
    expect(filled.events).toEqual(expected.events);
    expect(filled.blobs).toEqual(expected.blobs);
    // The recordings have all of these.
    expect(filled.toolCalls.length).toBeGreaterThan(10);
    expect(filled.events.length).toBeGreaterThan(10);
    expect(filled.messages.filter(({ reasoning_text }) => reasoning_text !== null)).not.toEqual([]);
    await daemon.stop();
  },
);
