import { join } from "node:path";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { duolog } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { readRecording, translateAll } from "../recordings/opencodeReplay.ts";
import { OPENCODE_ROWS } from "../recordings/opencodeRows.ts";
import { temporary } from "../upgrade/files.ts";
import { OpencodeFile } from "./opencodeFile.ts";
import { allRows } from "./records.ts";
import { capture, configIn, layOutTranscripts } from "./transcripts.ts";

vi.setConfig({ testTimeout: 60_000 });

const NAMES = Object.keys(OPENCODE_ROWS).filter((name) => !name.includes(" "));
const PROCESSES = [...NAMES, "30-denied-ended-reverted"].map(readRecording);

interface Differing {
  sessionId: string;
  missing: { kind: string; id: string }[];
  different: { kind: string; id: string; fields: string[] }[];
  outdated: unknown[];
}

interface Verified {
  complete: boolean;
  histories: { compared: number; differing: Differing[] }[];
}

function verify(dataDir: string, ...args: string[]): Verified {
  const { stdout, stderr } = duolog(dataDir, "verify", ...args, "--json");
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** What differs, a line each, sorted. */
function linesOf({ histories }: Verified): string[] {
  const differing = histories.flatMap((history) => history.differing);
  return differing
    .flatMap(({ sessionId, missing, different, outdated }) => [
      ...missing.map(({ kind, id }) => `${sessionId} ${kind} ${id} is missing`),
      ...different.map(({ kind, id, fields }) => `${sessionId} ${kind} ${id}: ${fields}`),
      ...outdated.map((row) => JSON.stringify(row)),
    ])
    .sort();
}

const TABLES = [
  ["messages", "message", "finish_reason", "finishReason"],
  ["tool_calls", "toolCall", "kind", "kind"],
  ["session_events", "event", "text", "text"],
] as const;

/** Takes every third row out, and changes a column in every fourth that has it; tells what it did. */
function damage(database: string, told: (table: string) => string): string[] {
  const db = new Database(database);
  const done = TABLES.flatMap(([table, kind, column, field]) => {
    const where = told(table);
    const ids = (more: string) =>
      db
        .prepare(`SELECT key, session_id AS session, id FROM ${table} WHERE ${where} AND ${more}`)
        .all() as {
        key: number;
        session: string;
        id: string;
      }[];
    const taken = ids("key % 3 = 0");
    const changed = ids(`key % 3 <> 0 AND key % 4 = 0 AND ${column} IS NOT NULL`);
    expect([table, taken.length > 0, changed.length > 0]).toEqual([table, true, true]);
    for (const { key } of taken) db.prepare(`DELETE FROM ${table} WHERE key = ?`).run(key);
    for (const { key } of changed) {
      db.prepare(`UPDATE ${table} SET ${column} = 'something else' WHERE key = ?`).run(key);
    }
    return [
      ...taken.map(({ session, id }) => `${session} ${kind} ${id} is missing`),
      ...changed.map(({ session, id }) => `${session} ${kind} ${id}: ${field}`),
    ];
  });
  db.close();
  return done.sort();
}

/** Of all rows what the store tells: the rest, were it taken out, nobody could know. */
async function expectProof(
  daemon: TestDaemon,
  args: string[],
  told: (table: string) => string = () => "TRUE",
): Promise<void> {
  const { root, database } = daemon.paths;
  const before = allRows(database);
  const first = verify(root, ...args);
  expect(linesOf(first)).toEqual([]);
  expect(first).toMatchObject({ complete: true });
  expect(first.histories[0]?.compared).toBe(before.sessions.length);
  const done = damage(database, told);
  expect(linesOf(verify(root, ...args))).toEqual(done);
  expect(verify(root, ...args, "--repair")).toMatchObject({ complete: true });
  expect(allRows(database)).toEqual(before);
}

test("Claude Code, captured live: what is changed or taken out is named, and brought back", async () => {
  await using daemon = await TestDaemon.start();
  layOutTranscripts(configIn(daemon.paths.root));
  await capture(daemon);
  await expectProof(daemon, ["--claude-code"]);
});

test("OpenCode, captured live: what its store tells is named, and brought back", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  using file = new OpencodeFile(join(directory.path, "opencode.db"), PROCESSES.flat());
  const rpc = testClient(daemon.paths.root, "opencode-plugin");
  await rpc.ingest(PROCESSES.flatMap(translateAll));
  await rpc.close();
  const imported = await importedIds(file.path);
  await expectProof(
    daemon,
    ["--opencode", file.path],
    (table) =>
      `session_id || ' ' || id IN (SELECT value FROM json_each('${JSON.stringify(imported[table]).replaceAll("'", "''")}'))`,
  );
});

/** The ids of the rows that an import of the store alone gives, by table. */
async function importedIds(file: string): Promise<Record<string, string[]>> {
  await using other = await TestDaemon.start();
  duolog(other.paths.root, "import", "--opencode", file);
  const { messages, toolCalls, events } = allRows(other.paths.database);
  const ids = (rows: Record<string, unknown>[]) => rows.map((row) => `${row.session_id} ${row.id}`);
  return { messages: ids(messages), tool_calls: ids(toolCalls), session_events: ids(events) };
}
