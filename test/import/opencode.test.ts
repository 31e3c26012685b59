import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { duolog } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { LIVE_ONLY, OPENCODE_CALLS } from "../recordings/opencodeCalls.ts";
import { type Captured, readRecording, translateAll } from "../recordings/opencodeReplay.ts";
import { OPENCODE_ROWS, type Rows } from "../recordings/opencodeRows.ts";
import { temporary } from "../upgrade/files.ts";
import { OpencodeFile, type Session } from "./opencodeFile.ts";
import { type AllRows, allRows, importInto, withoutOfSessions } from "./records.ts";

/** The recordings of one machine, each a process of its own; 01 and 02 are one session. */
const NAMES = Object.keys(OPENCODE_ROWS).filter((name) => !name.includes(" "));
const PROCESSES = NAMES.map(readRecording);
const EVENTS = PROCESSES.flat();
const MESSAGES: Rows["messages"] = NAMES.flatMap((name) => OPENCODE_ROWS[name]?.messages ?? []);
const SESSIONS: Rows["sessions"] = NAMES.filter((name) => name !== "01-hello").flatMap(
  (name) => OPENCODE_ROWS[name]?.sessions ?? [],
);

const TOOL_CALLS = NAMES.flatMap((name) => OPENCODE_CALLS[name]?.toolCalls ?? []);
const SESSION_EVENTS = NAMES.flatMap((name) => OPENCODE_CALLS[name]?.events ?? []);
/** Those that OpenCode's own events or rows tell. */
const KEPT_EVENTS = SESSION_EVENTS.filter(({ kind }) => !LIVE_ONLY.includes(kind ?? ""));

/** Told by events that OpenCode does not keep: session.status, session.idle, session.error. */
const NOT_KEPT = ["status", "error", "updated_at"];
/** What these add to a session's row of the merge's own. */
const OWN = ["observed_at", "observed_seq", "stamps"];

/** These, and a session with denied and ended calls, renames, reverts and messages taken away. */
const MORE_PROCESSES = [...PROCESSES, readRecording("30-denied-ended-reverted")];

/** A record's rows less what only events tell that OpenCode does not keep. */
function rowsOfKept(database: string): AllRows {
  const { events, ...rows } = withoutOfSessions(allRows(database), ...NOT_KEPT, ...OWN);
  return { ...rows, events: events.filter(({ kind }) => !LIVE_ONLY.includes(String(kind))) };
}

/** OpenCode's own `time.updated`, as the session's last event tells it. */
function timeUpdated(id: string): number | undefined {
  const infos = EVENTS.map(({ event }) => event.properties.info as Session | undefined);
  return infos.findLast((info) => info?.id === id)?.time.updated;
}

/** Live capture of these processes. */
async function capture(daemon: TestDaemon, processes: Captured[][]): Promise<void> {
  const rpc = testClient(daemon.paths.root, "opencode-plugin");
  await rpc.ingest(processes.flatMap(translateAll));
  await rpc.close();
}

/** The facts of a record as the tables of expectations have them. */
async function factsOf(daemon: TestDaemon) {
  const rpc = testClient(daemon.paths.root);
  const { items } = await rpc.reader.session.list({ limit: 100 });
  const all = async <Row>(list: (page: Query) => Promise<{ items: Row[] }>) => {
    const pages = items.map(({ id }) => list({ sessionId: id, limit: 1_000 }));
    return (await Promise.all(pages)).flatMap((page) => page.items);
  };
  const facts = {
    sessions: items,
    messages: await all((page) => rpc.reader.message.list(page)),
    toolCalls: await all((page) => rpc.reader.toolCall.list(page)),
    events: await all((page) => rpc.reader.event.list(page)),
  };
  await rpc.close();
  return facts;
}

type Query = { sessionId: string; limit: number };

const byId = <Row extends { id: string }>(rows: Row[]) =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));

test("events give the rows read from the recordings, but for what OpenCode does not keep; twice changes nothing", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  using file = new OpencodeFile(join(directory.path, "opencode.db"), EVENTS);
  const found = importInto(daemon.paths.root, ["--opencode", file.path]);
  expect(found).toMatchObject({ from: file.path, sessions: 9, refused: 0, unreadable: 0 });
  expect(found).toMatchObject({
    messages: MESSAGES.length,
    toolCalls: TOOL_CALLS.length,
    events: KEPT_EVENTS.length,
  });
  const facts = await factsOf(daemon);
  const told = SESSIONS.map((session) => ({
    ...session,
    status: null,
    error: null,
    updatedAt: timeUpdated(session.id),
  }));
  expect(byId(facts.messages)).toMatchObject(byId(MESSAGES));
  expect(byId(facts.sessions)).toMatchObject(byId(told));
  expect(byId(facts.toolCalls)).toMatchObject(byId(TOOL_CALLS));
  expect(byId(facts.events)).toMatchObject(byId(KEPT_EVENTS));
  const again = importInto(daemon.paths.root, ["--opencode", file.path]);
  expect(again).toEqual({ ...found, changed: 0 });
});

test("what was captured live is left as it is, stamps included", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  using file = new OpencodeFile(join(directory.path, "opencode.db"), MORE_PROCESSES.flat());
  await capture(daemon, MORE_PROCESSES);
  const rows = allRows(daemon.paths.database);
  const { changed } = importInto(daemon.paths.root, ["--opencode", file.path]);
  expect({ changed, rows: allRows(daemon.paths.database) }).toEqual({ changed: 0, rows });
});

test("half captured live, then the whole imported: the same rows", async () => {
  using directory = temporary();
  await using whole = await TestDaemon.start();
  await using halved = await TestDaemon.start();
  using file = new OpencodeFile(join(directory.path, "opencode.db"), MORE_PROCESSES.flat());
  importInto(whole.paths.root, ["--opencode", file.path]);
  await capture(
    halved,
    MORE_PROCESSES.map((events) => events.slice(0, events.length / 2)),
  );
  importInto(halved.paths.root, ["--opencode", file.path]);
  expect(rowsOfKept(halved.paths.database)).toEqual(rowsOfKept(whole.paths.database));
});

test.each([
  ["without any events", "TRUE"],
  ["with some", "aggregate_id < 'ses_dfd03' OR seq < 9"],
])(
  "a database from an earlier version, %s, gives the same facts from its rows",
  async (_what, lost) => {
    using directory = temporary();
    await using daemon = await TestDaemon.start();
    using file = new OpencodeFile(join(directory.path, "opencode.db"), EVENTS);
    file.forget(lost);
    if (lost === "TRUE") file.db.exec("DROP TABLE event");
    const found = importInto(daemon.paths.root, ["--opencode", file.path]);
    expect(found).toMatchObject({ sessions: 9, messages: MESSAGES.length, unreadable: 0 });
    const { sessions, messages, toolCalls, events } = await factsOf(daemon);
    expect(byId(messages)).toMatchObject(byId(MESSAGES));
    expect(byId(toolCalls)).toMatchObject(byId(TOOL_CALLS));
    expect(byId(events)).toMatchObject(byId(KEPT_EVENTS));
    expect(byId(sessions)).toMatchObject(
      byId(SESSIONS.map(({ updatedAt: _u, status: _s, error: _e, ...session }) => session)),
    );
    expect(importInto(daemon.paths.root, ["--opencode", file.path])).toEqual({
      ...found,
      changed: 0,
    });
  },
);

test("the file is read with its WAL, which a killed OpenCode leaves, and neither is written to", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const share = join(directory.path, "share", "opencode");
  mkdirSync(join(directory.path, "live"));
  using live = new OpencodeFile(join(directory.path, "live", "opencode.db"));
  for (const event of readRecording("01-hello")) live.add(event);
  cpSync(join(directory.path, "live"), share, { recursive: true });
  const before = hashes(share);
  expect(Object.keys(before)).toEqual(["opencode.db", "opencode.db-wal"]);

  const env = { XDG_DATA_HOME: join(directory.path, "share") };
  const file = join(share, "opencode.db");
  expect(importInto(daemon.paths.root, ["--opencode"], env)).toMatchObject({
    from: share,
    sessions: 1,
    messages: 2,
  });
  expect(hashes(share)).toEqual(before);
  expect(readdirSync(daemon.paths.root).filter((name) => /^import-\d/.test(name))).toEqual([]);
  expect(importInto(daemon.paths.root, ["--opencode"], { OPENCODE_DB: file }).changed).toBe(0);
});

/** Of the database and its WAL; the index beside it tells who reads. */
function hashes(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => !name.endsWith("-shm"));
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex");
  return Object.fromEntries(names.map((name) => [name, hash(name)]));
}

test("rows and events of an unknown shape are put aside and the rest is taken over", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  using file = new OpencodeFile(join(directory.path, "opencode.db"), readRecording("01-hello"));
  file.db.exec("UPDATE event SET data = '{torn' WHERE type = 'session.created.1'");
  const last = "SELECT max(seq) FROM event WHERE type = 'message.updated.1'";
  file.db.exec(`UPDATE event SET data = json_set(data, '$.info.id', 7) WHERE seq = (${last})`);
  const found = importInto(daemon.paths.root, ["--opencode", file.path]);
  expect(found).toMatchObject({ sessions: 1, messages: 2, refused: 0, unreadable: 2 });
  const reasons = readdirSync(daemon.paths.rejected).map(
    (name) => JSON.parse(readFileSync(join(daemon.paths.rejected, name), "utf8")).reason,
  );
  expect(reasons.toSorted()).toEqual([
    "event: its data is no JSON object",
    "message.updated: unexpected info.id",
  ]);
});

test.each([
  ["that is not there", null, "there is no file"],
  ["that is no database", "hello, I am a text\n".repeat(50), "can't read"],
  ["of another program", new Uint8Array(), "is no database of OpenCode's"],
])("import of a file %s says so and changes nothing", async (_what, content, said) => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const file = join(directory.path, "opencode.db");
  if (typeof content === "string") writeFileSync(file, content);
  if (content instanceof Uint8Array) {
    const other = new Database(file);
    other.exec("CREATE TABLE session (id TEXT)");
    other.close();
  }
  const run = duolog(daemon.paths.root, "import", "--opencode", file);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(said);
  expect(run.stderr).not.toContain("    at ");
});
