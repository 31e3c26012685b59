import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { duolog } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { readRecording, translateAll } from "../recordings/v2/replay.ts";
import {
  MIGRATED_STORE,
  RECORDINGS,
  type StoreRows,
  V2_STORE,
} from "../recordings/v2/storeRows.ts";
import { temporary } from "../upgrade/files.ts";
import { type AllRows, allRows, importInto, withoutOfSessions } from "./records.ts";

vi.setConfig({ testTimeout: 60_000 });

type Row = Record<string, unknown>;

const FIXTURES = new URL("../fixtures/opencode-2/", import.meta.url);
const RECORDS = RECORDINGS.map((name) => translateAll(readRecording(name)));

/** Told by events that no row keeps. */
const LIVE_ONLY = ["delete", "permission", "rename", "retry", "revert"];
const RETRIED = "ses_edc5173d7ffeCGqSqCO8sQa2kY";
const TRIED_AGAIN = "msg_123ae8c6e001iwgIGsMAu8WcY0";

/** What these add to a row of the merge's own, and what of a session's only events tell. */
const OWN = ["observed_at", "observed_seq", "stamps"];
const NOT_KEPT = ["status", "error", "updated_at", "ended_at"];

/** Makes the database that a fixture writes down. */
function makeDatabase(directory: string, name: string): string {
  const path = join(directory, `${name}.db`);
  const db = new Database(path);
  db.exec(readFileSync(new URL(`${name}.sql`, FIXTURES), "utf8"));
  db.close();
  return path;
}

async function capture(daemon: TestDaemon, records = RECORDS.flat()): Promise<void> {
  const rpc = testClient(daemon.paths.root, "opencode-plugin");
  await rpc.ingest(records);
  await rpc.close();
}

/** The rows as the tables of expectations have them. */
function keyed(rows: AllRows): Record<keyof StoreRows, Record<string, Row>> {
  const byKey = (of: Row[]) =>
    Object.fromEntries(of.map((row) => [`${row.session_id} ${row.id}`, row]));
  return {
    sessions: Object.fromEntries(rows.sessions.map((row) => [row.id, row])),
    messages: byKey(rows.messages),
    toolCalls: byKey(rows.toolCalls),
    events: byKey(rows.events),
  };
}

test.each([
  ["opencode-v2", V2_STORE],
  ["opencode-migrated", MIGRATED_STORE],
])("%s gives the rows read from it, each once; twice changes nothing", async (name, expected) => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const file = makeDatabase(directory.path, name);
  const found = importInto(daemon.paths.root, ["--opencode", file]);
  const rows = keyed(allRows(daemon.paths.database));
  expect(rows).toMatchObject(expected);
  for (const kind of ["sessions", "messages", "toolCalls", "events"] as const) {
    expect(Object.keys(rows[kind]).toSorted()).toEqual(Object.keys(expected[kind]).toSorted());
  }
  expect(found).toMatchObject({ refused: 0, unreadable: 0 });
  expect(importInto(daemon.paths.root, ["--opencode", file])).toEqual({ ...found, changed: 0 });
});

/** A record's rows less what only events tell that no row keeps. */
function kept(database: string): AllRows {
  const { events, ...rows } = withoutOfSessions(allRows(database), ...NOT_KEPT, ...OWN);
  const less = (of: Row[]) =>
    of.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !OWN.includes(name))),
    );
  return {
    ...rows,
    messages: less(rows.messages),
    toolCalls: less(rows.toolCalls),
    events: less(events.filter(({ kind }) => !LIVE_ONLY.includes(String(kind)))),
  };
}

test("captured live, then imported: what live capture told stays, and what only the store knows comes", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const file = makeDatabase(directory.path, "opencode-v2");
  await capture(daemon);
  const before = keyed(allRows(daemon.paths.database));
  importInto(daemon.paths.root, ["--opencode", file]);
  const after = keyed(allRows(daemon.paths.database));
  const missing = Object.keys(after.messages).filter((key) => !(key in before.messages));
  expect(missing.map((key) => key.split(" ")[1])).toEqual([
    "msg_123ae88190018CQsUC8qc0AkWY_16",
    "msg_123ae88190018CQsUC8qc0AkWY_17",
    "msg_123ae88190018CQsUC8qc0AkWY_4",
    "msg_123ae88190018CQsUC8qc0AkWY_5",
  ]);
  for (const kind of ["messages", "toolCalls", "events"] as const) {
    const facts = (row: Row) =>
      Object.entries(row).filter(([name, value]) => value !== null && !OWN.includes(name));
    for (const [key, row] of Object.entries(before[kind])) {
      expect([kind, key, after[kind][key]]).toMatchObject([
        kind,
        key,
        Object.fromEntries(facts(row)),
      ]);
    }
  }
});

test("verify, after live capture: complete but for what only the store knows, and then complete", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const file = makeDatabase(directory.path, "opencode-v2");
  const { root } = daemon.paths;
  await capture(daemon);
  const verify = () => JSON.parse(duolog(root, "verify", "--opencode", file, "--json").stdout);
  const [{ differing }] = verify().histories;
  // A fork's copies, its title and where it is come as no event.
  expect(differing).toMatchObject([{ sessionId: "ses_edc5179daffdcO8ussI46Uya4s", outdated: [] }]);
  importInto(root, ["--opencode", file]);
  expect(verify()).toMatchObject({ complete: true, histories: [{ compared: 11 }] });
});

test("verify over a migrated database is complete after its import", async () => {
  using directory = temporary();
  await using daemon = await TestDaemon.start();
  const file = makeDatabase(directory.path, "opencode-migrated");
  importInto(daemon.paths.root, ["--opencode", file]);
  const { stdout } = duolog(daemon.paths.root, "verify", "--opencode", file, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ complete: true, histories: [{ compared: 2 }] });
});

test("half captured live, then the whole imported, or the other way round: the same rows", async () => {
  using directory = temporary();
  await using first = await TestDaemon.start();
  await using last = await TestDaemon.start();
  const file = makeDatabase(directory.path, "opencode-v2");
  const halves = RECORDS.flatMap((records) => records.slice(0, records.length / 2));
  await capture(first, halves);
  importInto(first.paths.root, ["--opencode", file]);
  importInto(last.paths.root, ["--opencode", file]);
  await capture(last, halves);
  expect(kept(first.paths.database)).toEqual(kept(last.paths.database));
});

const FIRST_TRY = 1_791_600_004_206;

test.each<[string, string, number | null]>([
  ["keeps when the first attempt began", "time_created", FIRST_TRY],
  ["is dated anew by the last one", "json_extract(data, '$.time.created')", null],
])(
  "an answer that was tried again, whose row %s: verify finds it complete, the first try's time stays",
  async (_what, time, told) => {
    using directory = temporary();
    const file = makeDatabase(directory.path, "opencode-v2");
    const db = new Database(file);
    db.exec(`DELETE FROM session_message WHERE session_id <> '${RETRIED}'`);
    db.exec(`DELETE FROM session_v2 WHERE id <> '${RETRIED}'`);
    db.exec(`UPDATE session_message SET time_created = ${time}`);
    db.close();
    const records = translateAll(readRecording("07-retry"));
    await using live = await TestDaemon.start();
    await using imported = await TestDaemon.start();
    await capture(live, records);
    importInto(imported.paths.root, ["--opencode", file]);
    const created = () =>
      [live, imported].map(
        ({ paths }) =>
          keyed(allRows(paths.database)).messages[`${RETRIED} ${TRIED_AGAIN}`]?.created_at,
      );
    const expectComplete = () => {
      for (const { paths } of [live, imported]) {
        const { stdout } = duolog(paths.root, "verify", "--opencode", file, "--json");
        expect(JSON.parse(stdout)).toMatchObject({
          complete: true,
          histories: [{ differing: [] }],
        });
      }
    };
    expectComplete();
    expect(created()).toEqual([FIRST_TRY, told]);
    importInto(live.paths.root, ["--opencode", file]);
    await capture(imported, records);
    expectComplete();
    expect(created()).toEqual([FIRST_TRY, FIRST_TRY]);
  },
);
