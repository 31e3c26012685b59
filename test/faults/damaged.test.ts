import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { createRpcClient } from "@duolog/client";
import { dataPaths } from "@duolog/client/local";
import type { IngestRecord } from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { duolog } from "./duolog.ts";
import { ingestInto, records } from "./messages.ts";

vi.setConfig({ testTimeout: 40_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const ingest = (from: number, to: number) => ingestInto(dataDir, from, to);
const damagedFiles = () =>
  readdirSync(dataDir).filter((name) => /^duolog\.db\.damaged-\d{8}T\d{9}Z$/.test(name));
const stored = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages ORDER BY rowid");

/** All of the messages but what numbers rows and changes. */
const messages = () =>
  queryRows<{ id: string; key?: unknown; changed_seq?: unknown }>(
    dataPaths(dataDir).database,
    "SELECT * FROM messages ORDER BY key",
  ).map(({ key: _key, changed_seq: _changed, ...row }) => row);

/** Fills a file so that it has pages of all kinds, and stops. */
async function recordSome(): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  for (let n = 0; n < 400; n += 100) {
    expect((await ingest(n, n + 100)).every(({ ok }) => ok)).toBe(true);
  }
  await daemon.stop();
}

const OUTPUT = (n: number) => `${n} ${"y".repeat(600)}`;

/** Adds tool calls with long outputs, each another one, and events. */
async function recordCalls(): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  const rpc = testClient(dataDir);
  const records = Array.from({ length: 100 }, (_, n): IngestRecord[] => [
    { kind: "toolCall", data: { id: `t${n}`, sessionId: "s", output: OUTPUT(n) } },
    { kind: "event", data: { id: `e${n}`, sessionId: "s", kind: "retry", text: `retry ${n}` } },
  ]);
  expect(await rpc.ingest(records.flat())).toMatchObject({ status: "answered" });
  await rpc.close();
  await daemon.stop();
}

/** What of the tool calls and events there is, texts by their hashes. */
const callsAndEvents = () => {
  const read = (table: string) =>
    queryRows(dataPaths(dataDir).database, `SELECT * FROM ${table}`).map(
      ({ key: _key, changed_seq: _changed, ...row }) => row,
    );
  return { calls: read("tool_calls"), events: read("session_events"), texts: read("blobs") };
};

function overwrite(file: string, from: number, bytes: number): void {
  const fd = openSync(file, "r+");
  writeSync(fd, Buffer.alloc(bytes, 0x5a), 0, bytes, from);
  closeSync(fd);
}

describe("a damaged database", () => {
  test.each<[string, (file: string) => void]>([
    ["whose first page is overwritten", (file) => overwrite(file, 100, 3_900)],
    ["of which only the header is left", (file) => truncateSync(file, 100)],
  ])("%s, is put aside at the start and a new one begun", async (_what, damage) => {
    await recordSome();
    const { database } = dataPaths(dataDir);
    damage(database);
    const content = readFileSync(database);
    await using _daemon = await TestDaemon.start(dataDir);
    const [aside = "", ...more] = damagedFiles();
    expect(more).toEqual([]);
    expect(readFileSync(join(dataDir, aside)).equals(content)).toBe(true);
    expect((await ingest(0, 10)).every(({ ok }) => ok)).toBe(true);
    expect((await duolog(dataDir, "status")).stdout).toContain(aside);
    expect(readFileSync(join(dataDir, "logs", "daemon.log"), "utf8")).toContain(
      "damaged database put aside",
    );
  });

  test("in the middle is found when it is used; what is sent meanwhile is not lost", async () => {
    await recordSome();
    const { database } = dataPaths(dataDir);
    overwrite(database, 8 * 4_096, statSync(database).size - 8 * 4_096);
    const content = readFileSync(database);
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
    for (const record of records(390, 500)) rpc.record(record);
    expect(await rpc.flush(15_000)).toBe(true);
    await rpc.close();
    const [aside = "", ...more] = damagedFiles();
    expect(more).toEqual([]);
    expect(readFileSync(join(dataDir, aside)).equals(content)).toBe(true);
    const ids = new Set(stored().map(({ id }) => id));
    for (let n = 390; n < 500; n += 1) expect(ids).toContain(`m${n}`);
    expect(await duolog(dataDir, "stop")).toMatchObject({ code: 0 });
  });
});

test("what can still be read of a damaged database is recorded again by itself", async () => {
  await recordSome();
  await recordCalls();
  const { database, root } = dataPaths(dataDir);
  const before = messages();
  const beside = callsAndEvents();
  expect(before).toHaveLength(400);
  // Five pages in the middle, of whatever table or index.
  overwrite(database, Math.floor(statSync(database).size / 4_096 / 2) * 4_096, 5 * 4_096);
  const content = readFileSync(database);
  writeFileSync(`${database}.suspect`, "");
  await using daemon = await TestDaemon.start(dataDir);
  const [aside = "", ...more] = damagedFiles();
  expect(more).toEqual([]);
  const status = async () => JSON.parse((await duolog(dataDir, "status", "--json")).stdout);
  await expect
    .poll(async () => (await status()).putAside[0].takenOver, { timeout: 15_000 })
    .not.toBeNull();
  const { putAside } = await status();
  const after = messages();
  const { calls, events, texts } = callsAndEvents();
  const counted = { messages: after.length, toolCalls: calls.length, events: events.length };
  expect(putAside).toEqual([
    { file: join(dataDir, aside), takenOver: { sessions: 1, ...counted } },
  ]);
  for (const call of calls) expect(beside.calls).toContainEqual(call);
  for (const event of events) expect(beside.events).toContainEqual(event);
  for (const text of texts) expect(beside.texts).toContainEqual(text);
  // A page of 4 KB holds no more than eight rows with their text of 500 bytes.
  expect(after.length).toBeGreaterThanOrEqual(400 - 5 * 8);
  const known = new Map(before.map((row) => [row.id, row]));
  for (const row of after) expect(row).toEqual(known.get(row.id));
  expect(readFileSync(join(dataDir, aside)).equals(content)).toBe(true);
  expect(readdirSync(root)).not.toContain("taking-over");
  // Not again at the next start.
  const changed = queryRows(database, "SELECT MAX(changed_seq) AS n FROM messages");
  await daemon.stop();
  await using _again = await TestDaemon.start(dataDir);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(queryRows(database, "SELECT MAX(changed_seq) AS n FROM messages")).toEqual(changed);
});

test("damage that the greeting meets ends `serve` with a reason, and holds nothing", async () => {
  await recordSome();
  const { database } = dataPaths(dataDir);
  // By this index messages are counted, and nothing before that needs it.
  const [index] = queryRows<{ rootpage: number }>(
    database,
    "SELECT rootpage FROM sqlite_master WHERE name = 'messages_id_copied_from_id_idx'",
  );
  overwrite(database, (Number(index?.rootpage) - 1) * 4_096, 4_096);
  expect(await duolog(dataDir, "serve")).toEqual({
    code: 1,
    stdout: "",
    stderr: "duolog: the database is damaged; start duolog again, or let the plugins do it\n",
  });
  await using _daemon = await TestDaemon.start(dataDir);
  await expect.poll(() => messages().length, { timeout: 15_000 }).toBe(400);
  expect(damagedFiles()).toHaveLength(1);
});

test("a suspicion that a lock keeps from being looked into stays one", async () => {
  await recordSome();
  const { database } = dataPaths(dataDir);
  overwrite(database, 8 * 4_096, 4_096);
  writeFileSync(`${database}.suspect`, "");
  const other = new Database(database);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  const { code, stderr } = await duolog(dataDir, "serve");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "duolog: database is locked\n" });
  other.exec(
    "ROLLBACK; PRAGMA locking_mode = NORMAL; BEGIN; SELECT 1 FROM sqlite_master; ROLLBACK",
  );
  other.close();
  expect(damagedFiles()).toEqual([]);
  await using _daemon = await TestDaemon.start(dataDir);
  expect(damagedFiles()).toHaveLength(1);
});

test("a letter of the schema that is damaged costs no row", async () => {
  await recordSome();
  const { database } = dataPaths(dataDir);
  const before = messages();
  const content = readFileSync(database);
  content.write('"text_cantent"', content.lastIndexOf('"text_content"'));
  writeFileSync(database, content);
  await using _daemon = await TestDaemon.start(dataDir);
  await expect.poll(() => messages().length, { timeout: 15_000 }).toBe(400);
  expect(messages()).toEqual(before);
  expect(damagedFiles()).toHaveLength(1);
});

/** Puts a damaged database aside, and returns where it is once it was taken over. */
async function takenOver(): Promise<string> {
  await recordSome();
  const { database } = dataPaths(dataDir);
  overwrite(database, 8 * 4_096, 4_096);
  writeFileSync(`${database}.suspect`, "");
  await using daemon = await TestDaemon.start(dataDir);
  const note = () => readdirSync(dataDir).find((name) => name.endsWith(".taken-over"));
  await expect.poll(note, { timeout: 15_000 }).toBeDefined();
  await daemon.stop();
  return join(dataDir, note() ?? "");
}

test.each(["", "{", "null", '{"sessions":"1"}'])(
  "a note of what was taken over that is garbage (%s) is written anew",
  async (content) => {
    const note = await takenOver();
    const whole = readFileSync(note, "utf8");
    writeFileSync(note, content);
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(() => readFileSync(note, "utf8"), { timeout: 15_000 }).toBe(whole);
  },
);

test("a kill while a damaged database is put aside costs nothing of its WAL", async () => {
  const { database } = dataPaths(dataDir);
  await recordSome();
  const daemon = await TestDaemon.start(dataDir);
  expect((await ingest(400, 450)).every(({ ok }) => ok)).toBe(true);
  await daemon.stop("SIGKILL");
  // As a kill leaves it that comes between the renaming of the database and that of its WAL.
  const aside = `${database}.damaged-20261124T120000000Z`;
  writeFileSync(`${database}.putting-aside`, basename(aside));
  renameSync(database, aside);
  const wal = readFileSync(`${database}-wal`);
  await using _again = await TestDaemon.start(dataDir);
  expect(readFileSync(`${aside}-wal`).equals(wal)).toBe(true);
  await expect.poll(() => stored().length, { timeout: 15_000 }).toBe(450);
  expect(readdirSync(dataDir).filter((name) => name.includes("putting-aside"))).toEqual([]);
});

describe.each([
  ["whose stamps are no JSON any more", "UPDATE messages SET stamps = '{garbage' WHERE id = 'm3'"],
  [
    "whose text is marked as bytes",
    "UPDATE messages SET text_content = CAST(text_content AS BLOB) WHERE id = 'm3'",
  ],
])("a row %s", (_what, damage) => {
  beforeEach(async () => {
    await recordSome();
    const db = new Database(dataPaths(dataDir).database);
    db.exec(damage);
    db.close();
  });

  test("keeps no record out", async () => {
    await using _daemon = await TestDaemon.start(dataDir);
    const results = await ingest(0, 401);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(stored()).toHaveLength(401);
  });

  test("keeps no other row from being taken over", async () => {
    const { database } = dataPaths(dataDir);
    renameSync(database, `${database}.damaged-20261124T120000000Z`);
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(() => stored().length, { timeout: 10_000 }).toBe(400);
  });
});
