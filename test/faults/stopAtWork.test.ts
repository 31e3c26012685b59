import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DataPaths } from "@duolog/client/local";
import Database from "libsql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { canMount, fill, SmallDisk } from "./disk.ts";
import { duolog } from "./duolog.ts";
import { versionOf } from "./producer.ts";

vi.setConfig({ testTimeout: 90_000 });

/** Messages without a source: to give them one takes seconds, as does a copy of them for the backup. */
const ROWS = 400_000;
/** What a stop promises, and what a busy machine may add, ms. */
const STOP_MS = 2_500;

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Fills the database of a daemon that ran here and ended. */
async function fillDatabase(): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  await daemon.stop();
  const db = new Database(daemon.paths.database);
  db.exec(`BEGIN;
    INSERT INTO sessions (id, provider, model, changed_seq) VALUES ('ses_a', 'anthropic', 'm', 1);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO messages (session_id, id, role, text_content, changed_seq)
      SELECT 'ses_a', 'msg_' || i, 'user', 'text', i + 1 FROM n;
    COMMIT;`);
  db.close();
}

/** Ends it as `duolog stop` does; how long that took, ms. */
async function timeStop(daemon: TestDaemon): Promise<number> {
  const began = performance.now();
  expect(await daemon.stop()).toBe(0);
  return performance.now() - began;
}

async function pidOfAnswering(): Promise<number | undefined> {
  const rpc = testClient(dataDir);
  const health = await rpc.health();
  await rpc.close();
  return health?.pid;
}

async function record(count: number, path = dataDir): Promise<number> {
  const rpc = testClient(path);
  const records = Array.from({ length: count }, (_, i) => versionOf("new", `m${i}`, i));
  const answer = await rpc.ingest(records);
  await rpc.close();
  return answer.status === "answered" ? answer.results.filter(({ ok }) => ok).length : 0;
}

const countOf = ({ database }: DataPaths, sql: string) => {
  const [row] = queryRows<{ n: number }>(database, `SELECT count(*) AS n FROM ${sql}`);
  return row?.n;
};

function expectWhole(paths: DataPaths): void {
  expect([0, ROWS]).toContain(countOf(paths, "messages WHERE source_inferred"));
  const numbers = "SELECT changed_seq FROM messages UNION ALL SELECT changed_seq FROM sessions";
  expect(countOf(paths, `(${numbers}) GROUP BY changed_seq HAVING count(*) > 1`)).toBeUndefined();
}

test.each([
  ["its backup", (names: string[]) => names.some((name) => name.endsWith(".partial"))],
  ["its rows", (names: string[]) => names.some((name) => name.endsWith(".db"))],
])(
  "a stop while a backfill writes %s: the daemon ends in time, all or nothing is set",
  async (_what, isReached) => {
    await fillDatabase();
    await using daemon = await TestDaemon.start(dataDir);
    const asked = duolog(dataDir, "backfill-source");
    await expect
      .poll(() => isReached(readdirSync(daemon.paths.backups)), { timeout: 20_000, interval: 5 })
      .toBe(true);
    await sleep(100);
    const stopped = timeStop(daemon);
    // Whoever comes meanwhile waits for the end of the process.
    await using next = await TestDaemon.start(dataDir);
    expect(await stopped).toBeLessThan(STOP_MS);
    expect(await asked).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the daemon is stopping"),
    });
    await expect.poll(pidOfAnswering, { timeout: 10_000 }).toBe(next.process.pid);
    expect(await record(50)).toBe(50);
    expectWhole(next.paths);
    expect(await next.stop()).toBe(0);
  },
);

test("a stop does not wait until peers read what they asked for, or answer its goodbye", async () => {
  await using daemon = await TestDaemon.start(dataDir);
  await using deaf = await BareSocket.open(daemon.paths, "deaf");
  const textContent = "x".repeat(5_000_000);
  await deaf.call("mutation", "message.upsert", { id: "m", sessionId: "s", textContent });
  deaf.socket.pause();
  const call = { jsonrpc: "2.0", method: "query" };
  const params = { path: "message.list", input: { sessionId: "s" } };
  // The second waits until the first one's answer is read.
  for (const id of [1, 2]) {
    deaf.socket.send(JSON.stringify({ id, ...call, params }));
    await sleep(500);
  }
  expect(await timeStop(daemon)).toBeLessThan(STOP_MS);
});

test("a stop while another program holds the database does not wait for it", async () => {
  await using daemon = await TestDaemon.start(dataDir);
  expect(await record(1)).toBe(1);
  const other = new Database(daemon.paths.database);
  other.exec("BEGIN IMMEDIATE");
  const refused = record(50);
  await sleep(100);
  expect(await timeStop(daemon)).toBeLessThan(STOP_MS);
  expect(await refused).toBe(0);
  other.exec("ROLLBACK");
  other.close();
  const log = readFileSync(join(daemon.paths.logs, "daemon.log"), "utf8");
  expect(log).toContain('"stopped"');
  expect(log).not.toContain("not started");
  expect(countOf(daemon.paths, "messages")).toBe(1);
});

test("a stop while a database put aside is copied does not wait for the copy", async () => {
  const file = openSync(join(dataDir, "duolog.db.damaged-20261124T120000000Z"), "wx", 0o600);
  ftruncateSync(file, 2 ** 31);
  closeSync(file);
  await using daemon = await TestDaemon.start(dataDir);
  const copy = join(dataDir, "taking-over", "copy.db");
  await expect.poll(() => existsSync(copy), { timeout: 10_000, interval: 5 }).toBe(true);
  expect(await timeStop(daemon)).toBeLessThan(STOP_MS);
  expect(existsSync(copy)).toBe(false);
  const log = readFileSync(join(daemon.paths.logs, "daemon.log"), "utf8");
  expect(log).not.toContain("not taken over");
});

test.runIf(canMount)(
  "a stop with a full disk is one, and what is in the WAL stays there",
  async () => {
    using disk = new SmallDisk(3);
    await using daemon = await TestDaemon.start(disk.path);
    expect(await record(200, disk.path)).toBe(200);
    fill(join(disk.path, "filler"));
    expect(await daemon.stop()).toBe(0);
    rmSync(join(disk.path, "filler"));
    const log = readFileSync(join(daemon.paths.logs, "daemon.log"), "utf8");
    expect(log).toContain('"stopped"');
    expect(log).not.toContain("not started");
    expect(countOf(daemon.paths, "messages")).toBe(200);
  },
);
