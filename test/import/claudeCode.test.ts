import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { BESIDE } from "../../apps/claude-code-plugin/test/translate/beside.ts";
import { RECORDINGS } from "../../apps/claude-code-plugin/test/translate/recordings.ts";
import { duolog } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { temporary } from "../upgrade/files.ts";
import { allRows, importInto, withoutOfSessions } from "./records.ts";
import { capture, configIn, layOutTranscripts, transcriptsBelow } from "./transcripts.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Rows of all recordings together, as they were written down from reading them. */
const SESSIONS = RECORDINGS.flatMap(({ sessions }) => sessions).length;
const MESSAGES = RECORDINGS.flatMap(({ messages }) => messages).length;
const TOOL_CALLS = Object.values(BESIDE).flatMap(({ toolCalls }) => toolCalls).length;
const EVENTS = Object.values(BESIDE).flatMap(({ events }) => events).length;

test("gives the rows that live capture gives, stamps included; twice changes nothing", async () => {
  await using live = await TestDaemon.start();
  layOutTranscripts(configIn(live.paths.root));
  await capture(live);
  const rows = allRows(live.paths.database);
  expect([rows.sessions.length, rows.messages.length]).toEqual([SESSIONS, MESSAGES]);
  expect([rows.toolCalls.length, rows.events.length]).toEqual([TOOL_CALLS, EVENTS]);

  await using later = await TestDaemon.start();
  const config = configIn(live.paths.root);
  const first = importInto(later.paths.root, ["--claude-code", config]);
  expect(first).toEqual({
    from: config,
    sessions: SESSIONS,
    messages: MESSAGES,
    toolCalls: TOOL_CALLS,
    events: EVENTS,
    changed: SESSIONS + MESSAGES + TOOL_CALLS + EVENTS,
    refused: 0,
    unreadable: 0,
  });
  expect(allRows(later.paths.database)).toEqual(rows);
  const second = importInto(later.paths.root, ["--claude-code", config]);
  expect(second).toEqual({ ...first, changed: 0 });
  // What was captured live is all there is.
  expect(importInto(live.paths.root, ["--claude-code"])).toMatchObject({
    from: config,
    changed: 0,
  });
});

test("half captured live, then the whole imported: the same rows", async () => {
  await using whole = await TestDaemon.start();
  layOutTranscripts(configIn(whole.paths.root));
  importInto(whole.paths.root, ["--claude-code"]);

  await using daemon = await TestDaemon.start();
  const config = configIn(daemon.paths.root);
  layOutTranscripts(config);
  for (const path of transcriptsBelow(config))
    truncateSync(path, Math.floor(statSync(path).size / 2));
  await capture(daemon);
  const half = allRows(daemon.paths.database);
  layOutTranscripts(config);
  const { changed } = importInto(daemon.paths.root, ["--claude-code"]);
  expect(changed).toBeGreaterThan(0);
  expect(half.messages.length).toBeLessThan(MESSAGES);
  // Project and first prompt count as observed with the piece of the transcript that told them first.
  const [rows, expected] = [daemon, whole].map(({ paths }) =>
    withoutOfSessions(allRows(paths.database), "stamps"),
  );
  expect(rows).toEqual(expected);
});

const at = (second: number) => new Date(1_769_760_000_000 + second * 1_000).toISOString();
const prompt = (id: string, second: number, text = id) =>
  `${JSON.stringify({
    type: "user",
    uuid: id,
    sessionId: "s",
    timestamp: at(second),
    message: { content: text },
  })}\n`;

test("a broken line is told and put aside, the one being written waits, links of one's own are followed", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const config = join(directory.path, "config");
  const project = join(config, "projects", "-w");
  const elsewhere = join(directory.path, "elsewhere");
  for (const made of [project, elsewhere]) mkdirSync(made, { recursive: true });
  const transcript = join(project, "s.jsonl");
  const third = prompt("third", 3);
  writeFileSync(
    transcript,
    `${prompt("first", 1)}{"torn\n${prompt("second", 2)}${third.slice(0, 9)}`,
  );
  writeFileSync(join(elsewhere, "x.jsonl"), prompt("linked", 2));
  symlinkSync(elsewhere, join(config, "projects", "-linked"));
  symlinkSync(join(elsewhere, "x.jsonl"), join(project, "x.jsonl"));

  const env = { CLAUDE_CONFIG_DIR: config };
  const found = importInto(daemon.paths.root, ["--claude-code"], env);
  expect(found).toMatchObject({
    from: config,
    sessions: 1,
    messages: 3,
    refused: 0,
    unreadable: 1,
  });
  const kept = readdirSync(daemon.paths.rejected).map((name) =>
    JSON.parse(readFileSync(join(daemon.paths.rejected, name), "utf8")),
  );
  expect(kept).toMatchObject([{ record: { transcript, line: '{"torn' }, client: "duolog" }]);
  expect(kept[0].reason).toMatch(/^transcript: /);

  appendFileSync(transcript, third.slice(9));
  const run = duolog(daemon.paths.root, "import", "--claude-code", config);
  expect(run.stdout).toBe(
    `Claude Code: 1 session, 4 messages, 0 tool calls and 0 events read from ${config}\n` +
      "  1 row new, 1 changed; the rest was there already\n" +
      "  1 broken or unknown thing passed over\n" +
      "    1 × transcript: a half-written line\n" +
      "Look into rejected/ in the data directory for what was refused or passed over\n",
  );
  expect(readdirSync(daemon.paths.rejected)).toHaveLength(1);
});

test("the directory and its projects may be links, as in live capture", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const inside = (...names: string[]) => join(directory.path, ...names);
  mkdirSync(inside("real", "-w"), { recursive: true });
  writeFileSync(inside("real", "-w", "s.jsonl"), prompt("one", 1));
  mkdirSync(inside("linked"));
  symlinkSync(inside("real"), inside("linked", "projects"));
  symlinkSync(inside("linked"), inside("link"));
  const found = importInto(daemon.paths.root, ["--claude-code", inside("link")]);
  expect(found).toMatchObject({ sessions: 1, messages: 1, changed: 2 });
});

test("a record that the daemon refuses for good is put aside and the rest goes on (M1)", async () => {
  await using daemon = await TestDaemon.start();
  const project = join(configIn(daemon.paths.root), "projects", "-w");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "s.jsonl"), prompt("one", 1) + prompt("two", 2));
  const rpc = testClient(daemon.paths.root, "opencode-plugin");
  await rpc.upsertMessage({ id: "one", sessionId: "s", source: "opencode" });
  await rpc.close();
  const found = importInto(daemon.paths.root, ["--claude-code"]);
  expect(found).toMatchObject({ messages: 2, refused: 1 });
  const ids = allRows(daemon.paths.database).messages.map(({ id, source }) => [id, source]);
  expect(ids).toEqual([
    ["one", "opencode"],
    ["two", "claude-code"],
  ]);
  expect(readdirSync(daemon.paths.rejected)).toHaveLength(1);
});

test.each([
  ["a database and an agent", ["--database", "x", "--claude-code"], "cannot be used with"],
  ["a time that is none", ["--since", "soon"], "no time that is known"],
  [
    "a directory without transcripts",
    ["--claude-code", "/nowhere"],
    "there is no /nowhere/projects",
  ],
])("import with %s says so", async (_what, args, said) => {
  using directory = temporary();
  const run = duolog(directory.path, "import", ...args);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(said);
  expect(run.stderr).not.toContain("    at ");
});
