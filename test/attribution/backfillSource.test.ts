import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient } from "@duolog/client";
import type { BackfillReport } from "@duolog/contract/server";
import { expect, test } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, temporary } from "../upgrade/files.ts";
import { fillLegacyFile, LEGACY, writeLegacyFile } from "../upgrade/legacy.ts";

const blank = (columns: object) =>
  Object.fromEntries(Object.keys(columns).map((key) => [key, null]));
const [session, message] = [LEGACY.sessions[0], LEGACY.messages[0]];

/** LEGACY, whose ids tell all, and rows that only hints or nothing speak for. */
const ROWS = {
  sessions: [
    ...LEGACY.sessions,
    { ...blank(session as object), id: "s-gpt", model: "gpt-5" },
    { ...blank(session as object), id: "s-mute", model: "claude-x", provider: "anthropic" },
  ],
  messages: [
    ...LEGACY.messages,
    { ...blank(message as object), id: "m-mute", session_id: "s-mute" },
    { ...blank(message as object), id: "s-mute-user-7", session_id: "s-mute" },
  ],
} as typeof LEGACY;

/** Counted by hand in LEGACY (four sessions `ses_…` with four messages, one UUID with two) and ROWS. */
const SET = [
  { table: "sessions", source: "opencode", rule: "opencode-session-id", rows: 4 },
  { table: "sessions", source: "claude-code", rule: "claude-session-uuid", rows: 1 },
  { table: "sessions", source: "opencode", rule: "model-not-claude", rows: 1 },
  { table: "messages", source: "opencode", rule: "session", rows: 4 },
  { table: "messages", source: "claude-code", rule: "session", rows: 2 },
  { table: "messages", source: "claude-code", rule: "claude-message-id", rows: 1 },
];
const LEFT = [
  { table: "sessions", reason: "no rule applies", rows: 1 },
  { table: "messages", reason: "no rule applies", rows: 1 },
];
const sorted = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort();

function expectReport(report: BackfillReport, set: object[], left: object[]): void {
  expect(sorted(report.set)).toEqual(sorted(set));
  expect(sorted(report.left)).toEqual(sorted(left));
}

test("backfill-source tells what it would set, sets it once, and leaves what nobody can tell", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database, ROWS);
  await using _daemon = await TestDaemon.start(paths.root);
  const upgraded = readdirSync(paths.backups).length;
  const status = () => duologJson<{ unattributed: number }>(paths.root, "status").unattributed;
  const sources = () =>
    queryRows(
      paths.database,
      `SELECT id, source, source_inferred FROM sessions UNION ALL
       SELECT id, source, source_inferred FROM messages ORDER BY id`,
    );
  expect(status()).toBe(7 + 8);

  const before = sources();
  const dry = duologJson<BackfillReport>(paths.root, "backfill-source", "--dry-run");
  expectReport(dry, SET, LEFT);
  expect(dry).toMatchObject({ dryRun: true, backup: null });
  expect(sources()).toEqual(before);
  expect(readdirSync(paths.backups).length).toBe(upgraded);

  const done = duologJson<BackfillReport>(paths.root, "backfill-source");
  expectReport(done, SET, LEFT);
  expect(
    queryRows(done.backup ?? "", "SELECT COUNT(*) AS n FROM sessions WHERE source IS NULL"),
  ).toEqual([{ n: 7 }]);
  expect(status()).toBe(2);
  for (const row of sources()) {
    const mute = row.id === "s-mute" || row.id === "m-mute";
    expect(row).toMatchObject(mute ? { source: null } : { source_inferred: 1 });
  }

  const again = duologJson<BackfillReport>(paths.root, "backfill-source");
  expectReport(again, [], LEFT);
  expect(again.backup).toBeNull();
  expect(duolog(paths.root, "backfill-source").stdout).toContain("no rule applies");
});

test("the daemon answers while a large file is backfilled, and records afterwards", {
  timeout: 90_000,
}, async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  fillLegacyFile(paths.database, 100_000);
  await using _daemon = await TestDaemon.start(paths.root);
  const rpc = createRpcClient({
    clientName: "test",
    clientVersion: "0",
    dataDir: paths.root,
    autostart: false,
    deadlineMs: 60_000,
  });
  const waits: number[] = [];
  let isDone = false;
  const backfill = rpc.maintainer.backfillSource({ dryRun: false }).finally(() => {
    isDone = true;
  });
  const written = rpc.upsertSession({ id: "ses_5f1", model: "written meanwhile" });
  while (!isDone) {
    const began = performance.now();
    await rpc.reader.session.get({ id: "ses_5f1" });
    waits.push(performance.now() - began);
    await sleep(5);
  }
  const { set } = await backfill;
  expect(set.reduce((sum, { rows }) => sum + rows, 0)).toBe(5 + 6 + 100_000);
  expect(await written).toEqual({ status: "stored", changed: true });
  await rpc.close();
  console.log(
    `${waits.length} reads beside the backfill, the longest took ${Math.max(...waits)} ms`,
  );
  expect(waits.length).toBeGreaterThan(20);
  expect(Math.max(...waits)).toBeLessThan(500);
});

test("M1: a source that a backfill inferred gives way to a declared one", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  await using _daemon = await TestDaemon.start(paths.root);
  duologJson(paths.root, "backfill-source");
  const rpc = testClient(paths.root);
  const ack = await rpc.upsertSession({ id: "ses_5f1", source: "claude-code" });
  await rpc.close();
  expect(ack).toEqual({ status: "stored", changed: true });
  const [row] = queryRows(
    paths.database,
    "SELECT source, source_inferred FROM sessions WHERE id = 'ses_5f1'",
  );
  expect(row).toEqual({ source: "claude-code", source_inferred: 0 });
  // Its messages had theirs from the session.
  const { set } = duologJson<BackfillReport>(paths.root, "backfill-source");
  const messages = queryRows<{ source: string }>(
    paths.database,
    "SELECT source FROM messages WHERE session_id = 'ses_5f1'",
  );
  expect(set).toEqual([
    { table: "messages", source: "claude-code", rule: "session", rows: messages.length },
  ]);
  expect(messages.every(({ source }) => source === "claude-code")).toBe(true);
});

test("tool calls and events have their session's source too, and those of none are counted", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  await using _daemon = await TestDaemon.start(paths.root);
  const rpc = testClient(paths.root, "nobody");
  for (const sessionId of ["ses_5f1", "s-mute"]) {
    await rpc.upsertToolCall({ id: "t", sessionId });
    await rpc.upsertEvent({ id: "e", sessionId });
  }
  await rpc.close();
  const status = () => duologJson<{ unattributed: number }>(paths.root, "status").unattributed;
  // Two sessions, a call and an event of each.
  expect(status()).toBe(6);
  const report = duologJson<BackfillReport>(paths.root, "backfill-source");
  expectReport(
    report,
    [
      { table: "sessions", source: "opencode", rule: "opencode-session-id", rows: 1 },
      { table: "tool_calls", source: "opencode", rule: "session", rows: 1 },
      { table: "session_events", source: "opencode", rule: "session", rows: 1 },
    ],
    ["sessions", "tool_calls", "session_events"].map((table) => ({
      table,
      reason: "no rule applies",
      rows: 1,
    })),
  );
  expect(status()).toBe(3);
  for (const table of ["tool_calls", "session_events"]) {
    expect(
      queryRows(paths.database, `SELECT source, source_inferred FROM ${table} ORDER BY session_id`),
    ).toEqual([
      { source: null, source_inferred: 0 },
      { source: "opencode", source_inferred: 1 },
    ]);
  }
});

test("the copies from before two upgrades outlast any number of backfills", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  await using _daemon = await TestDaemon.start(paths.root);
  const [upgrade = "", ...none] = readdirSync(paths.backups);
  expect(none).toEqual([]);
  const rpc = testClient(paths.root, "nobody");
  for (let n = 0; n < 4; n += 1) {
    await rpc.upsertSession({ id: `ses_later${n}` });
    expect(duologJson<BackfillReport>(paths.root, "backfill-source").backup).not.toBeNull();
  }
  await rpc.close();
  const left = readdirSync(paths.backups);
  expect(left).toContain(upgrade);
  expect(left).toHaveLength(3);
});

test("change numbers go on after a backfill", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  await using _daemon = await TestDaemon.start(paths.root);
  duologJson(paths.root, "backfill-source");
  const rpc = testClient(paths.root);
  await rpc.upsertSession({ id: "new" });
  await rpc.close();
  const numbers = queryRows<{ n: number }>(
    paths.database,
    "SELECT changed_seq AS n FROM sessions UNION ALL SELECT changed_seq FROM messages",
  ).map(({ n }) => n);
  expect(new Set(numbers).size).toBe(numbers.length);
  const [last] = queryRows(
    paths.database,
    "SELECT changed_seq AS n FROM sessions WHERE id = 'new'",
  );
  expect(last?.n).toBe(Math.max(...numbers));
});
