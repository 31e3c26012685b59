import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { IngestRecord, ToolCallUpsert } from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readDamaged } from "../../src/import/readDamaged.ts";
import { createRecordService } from "../../src/services/recordService.ts";
import { migrate } from "../../src/storage/migrate/migrate.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { T } from "../rows.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

const CALLS = 200;
const EVENTS = 60;
const PAGE = 4_096;

/** 1,280 hex digits that no other number has: stored as they are, three on a page. */
const plain = (n: number) =>
  Array.from({ length: 20 }, (_, i) => createHash("sha256").update(`${n} ${i}`).digest("hex")).join(
    "",
  );
/** Three times as long: compressed to half of it, two on a page. */
const long = (n: number) => [0.1, 0.2, 0.3].map((part) => plain(n + part)).join("");
const textOf = (n: number) => (n % 2 === 0 ? plain(n) : long(n));

const call = (n: number): IngestRecord => ({
  kind: "toolCall",
  data: {
    id: `t${n}`,
    sessionId: "s",
    name: "Bash",
    status: "success",
    input: `{"n":${n}}`,
    output: textOf(n),
    createdAt: T + n,
    observedAt: T + n,
  },
});
const event = (n: number): IngestRecord => ({
  kind: "event",
  data: { id: `e${n}`, sessionId: "s", kind: "error", text: `error ${n}`, observedAt: T + n },
});

let directory: ReturnType<typeof temporary>;
let database: string;
beforeEach(async () => {
  directory = temporary();
  database = directory.at("duolog.db");
  const storage = await openStorage({
    database,
    backups: directory.backups,
    migrations: MIGRATIONS,
  });
  const service = await createRecordService({ storage, now: () => T, onFailure: () => {} });
  for (let n = 0; n < CALLS; n += 50) {
    await service.ingest(
      Array.from({ length: 50 }, (_, i) => call(n + i)),
      null,
    );
  }
  await service.ingest(
    Array.from({ length: EVENTS }, (_, n) => event(n)),
    null,
  );
  await storage.close();
});
afterEach(() => directory[Symbol.dispose]());

/** What can still be read, by the ids. */
function read() {
  const records = [...readDamaged(database, MIGRATIONS)].flat();
  const ofKind = (kind: string) =>
    new Map(records.filter((record) => record.kind === kind).map(({ data }) => [data.id, data]));
  return { calls: ofKind("toolCall") as Map<string, ToolCallUpsert>, events: ofKind("event") };
}

/** Overwrites the pages from the one where this stands on. */
function overwriteWhere(text: string, pages = 1): void {
  const content = readFileSync(database);
  const at = content.indexOf(text);
  expect(at).toBeGreaterThan(0);
  const from = Math.floor(at / PAGE) * PAGE;
  content.fill(0x5a, from, from + pages * PAGE);
  writeFileSync(database, content);
}

const textsIn = (calls: Map<string, ToolCallUpsert>) =>
  [...calls.values()].filter(({ output }) => output);

test("a whole file gives every row with its text", () => {
  const { calls, events } = read();
  expect([calls.size, events.size]).toEqual([CALLS, EVENTS]);
  for (let n = 0; n < CALLS; n++) expect(calls.get(`t${n}`)?.output).toBe(textOf(n));
  expect(events.get("e7")).toMatchObject({ kind: "error", text: "error 7", observedAt: T + 7 });
});

test("damaged pages of texts cost those texts alone: every row comes back, with its size", () => {
  overwriteWhere(plain(100), 2);
  const { calls, events } = read();
  expect([calls.size, events.size]).toEqual([CALLS, EVENTS]);
  const whole = textsIn(calls);
  // Three of the short ones fit on a page.
  expect(whole.length).toBeGreaterThanOrEqual(CALLS - 2 * 3);
  expect(whole.length).toBeLessThan(CALLS);
  for (const { id, output } of whole) expect(output).toBe(textOf(Number(id.slice(1))));
  expect(calls.get("t100")).toMatchObject({ input: '{"n":100}', status: "success" });
  expect(calls.get("t100")?.output ?? null).toBeNull();
});

test("a bit that is wrong in a compressed text costs that text alone", () => {
  const db = new Database(database);
  db.exec(`UPDATE blobs SET deflated = CAST(x'789c' || substr(deflated, 20) AS BLOB)
    WHERE hash = (SELECT output_hash FROM tool_calls WHERE id = 't101')`);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  const { calls } = read();
  expect(textsIn(calls)).toHaveLength(CALLS - 1);
  expect(calls.get("t101")).toMatchObject({ input: '{"n":101}' });
});

test("damaged pages of calls cost the calls on them; events and other calls come back", () => {
  overwriteWhere('{"n":100}');
  const { calls, events } = read();
  expect(events.size).toBe(EVENTS);
  expect(calls.size).toBeLessThan(CALLS);
  // A row has 109 bytes at least: 34 that tell its columns' types, 57 of texts, three times of 6.
  expect(calls.size).toBeGreaterThanOrEqual(CALLS - PAGE / 109);
  for (const [id, { output }] of calls) expect(output).toBe(textOf(Number(id.slice(1))));
});

test("without the index of the texts' hashes they are found", () => {
  const db = new Database(database);
  const [index] = db
    .prepare("SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'blobs'")
    .all() as { rootpage: number }[];
  db.close();
  const content = readFileSync(database);
  const at = (Number(index?.rootpage) - 1) * PAGE;
  writeFileSync(database, content.fill(0x5a, at, at + PAGE));
  expect(textsIn(read().calls)).toHaveLength(CALLS);
});

test("a text in the schema of the new tables that is damaged costs no row", () => {
  const content = readFileSync(database);
  for (const [from, to] of [
    ['"output_hash" TEXT', '"outptt_hash" TEXT'],
    ['"tool_call_id" TEXT', '"tool(call_id" TEXT'],
  ] as const) {
    const at = content.indexOf(from);
    expect(at).toBeGreaterThan(0);
    content.write(to, at);
  }
  writeFileSync(database, content);
  const { calls, events } = read();
  expect([textsIn(calls).length, events.size]).toEqual([CALLS, EVENTS]);
});

test("a file from before there were calls has none", () => {
  database = directory.at("new.db");
  migrate({ database, backups: directory.backups, migrations: MIGRATIONS });
  const db = new Database(database);
  db.exec("DROP TABLE tool_calls; DROP TABLE session_events; DROP TABLE blobs");
  db.exec("INSERT INTO sessions (id) VALUES ('s')");
  db.close();
  expect([...readDamaged(database, MIGRATIONS)].flat()).toMatchObject([{ kind: "session" }]);
});
