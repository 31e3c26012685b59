import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { createRpcClient } from "@duolog/client";
import { dataPaths, readRuntime } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { duolog } from "./duolog.ts";
import { versionOf } from "./producer.ts";

vi.setConfig({ testTimeout: 40_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const damagedFiles = () =>
  readdirSync(dataDir).filter((name) => /^duolog\.db\.damaged-\d{8}T\d{9}Z$/.test(name));
const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => versionOf("s", `m${from + i}`, from + i));
const stored = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages ORDER BY rowid");

/** All of the messages but what numbers rows and changes. */
const messages = () =>
  queryRows<{ id: string; key?: unknown; changed_seq?: unknown }>(
    dataPaths(dataDir).database,
    "SELECT * FROM messages ORDER BY key",
  ).map(({ key: _key, changed_seq: _changed, ...row }) => row);

async function ingest(from: number, to: number) {
  const rpc = testClient(dataDir);
  const answer = await rpc.ingest(records(from, to));
  await rpc.close();
  return answer.status === "answered" ? answer.results : [];
}

/** A line of the spool with the n-th message. */
const spoolLine = (n: number) =>
  JSON.stringify({ client: { name: "test", version: "0" }, record: versionOf("s", `m${n}`, n) });

/** Fills a file so that it has pages of all kinds, and stops. */
async function recordSome(): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  for (let n = 0; n < 400; n += 100) {
    expect((await ingest(n, n + 100)).every(({ ok }) => ok)).toBe(true);
  }
  await daemon.stop();
}

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
  const { database, root } = dataPaths(dataDir);
  const before = messages();
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
  expect(putAside).toEqual([
    { file: join(dataDir, aside), takenOver: { sessions: 1, messages: after.length } },
  ]);
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
    "SELECT rootpage FROM sqlite_master WHERE name = 'messages_id_idx'",
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

test("what is named like a segment and is none is passed over, and keeps no daemon", async () => {
  const { spool } = dataPaths(dataDir);
  mkdirSync(spool, { mode: 0o700 });
  mkdirSync(join(spool, "4194305-77-1.jsonl"));
  symlinkSync("/etc/passwd", join(spool, "4194305-77-2.jsonl"));
  execFileSync("mkfifo", [join(spool, "4194305-77-3.jsonl")]);
  writeFileSync(join(spool, "4194305-77-4.jsonl"), `${spoolLine(1)}\n`);
  await using daemon = await TestDaemon.start(dataDir, { DUOLOG_IDLE_MS: "3000" });
  await expect.poll(() => stored().length, { timeout: 10_000 }).toBe(1);
  expect(readdirSync(spool)).toHaveLength(3);
  expect(readdirSync(dataPaths(dataDir).rejected)).toEqual([]);
  await expect.poll(() => daemon.process.exitCode, { timeout: 15_000 }).toBe(0);
});

test("a spool that is no directory any more ends no daemon, and keeps none", async () => {
  await using daemon = await TestDaemon.start(dataDir, { DUOLOG_IDLE_MS: "1500" });
  const { spool, logs } = daemon.paths;
  rmSync(spool, { recursive: true });
  writeFileSync(spool, "");
  expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
  await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(0);
  expect(readFileSync(join(logs, "daemon.log"), "utf8")).toMatch(/"reason":"idle"/);
});

test.runIf(process.platform === "linux")("a segment of 600 MB costs little memory", async () => {
  const paths = dataPaths(dataDir);
  mkdirSync(paths.spool, { mode: 0o700 });
  const file = join(paths.spool, "4194305-77-1.jsonl");
  // A hole longer than any line, then many lines.
  writeFileSync(file, `${spoolLine(1)}\n`);
  truncateSync(file, 400_000_000);
  appendFileSync(file, "\n");
  const bulk = `${"x".repeat(100_000)}\n`.repeat(100);
  for (let n = 0; n < 20; n++) appendFileSync(file, bulk);
  appendFileSync(file, `${spoolLine(2)}\n`);
  await using daemon = await TestDaemon.start(dataDir);
  await expect.poll(() => readdirSync(paths.spool), { timeout: 30_000 }).toEqual([]);
  expect(stored().length).toBe(2);
  const proc = readFileSync(`/proc/${daemon.process.pid}/status`, "utf8");
  expect(Number(/VmHWM:\s+(\d+)/.exec(proc)?.[1]) / 1024).toBeLessThan(300);
});

test("a damaged line of the spool costs itself only and is kept in rejected/", async () => {
  const paths = dataPaths(dataDir);
  const rpc = testClient(dataDir, "test", true);
  for (const record of records(0, 20)) rpc.record(record);
  await rpc.close();
  // No process can have this id.
  const lines = readFileSync(join(paths.spool, readdirSync(paths.spool)[0] ?? ""), "utf8")
    .trim()
    .split("\n");
  lines[7] = "\0\0\0 garbage \xff";
  lines[9] = lines[9]?.slice(0, 40) ?? "";
  rmSync(paths.spool, { recursive: true });
  const dead = join(dataDir, "spool");
  mkdirSync(dead, { mode: 0o700 });
  writeFileSync(join(dead, "4194305-77-1.jsonl"), `${lines.join("\n")}\n{"client":{"na`);
  writeFileSync(join(dead, "4194305-77-2.jsonl"), Buffer.alloc(5_000, 0xff));
  writeFileSync(join(dead, "notes.txt"), "not ours");
  await using _daemon = await TestDaemon.start(dataDir);
  await expect.poll(() => readdirSync(paths.spool), { timeout: 10_000 }).toEqual(["notes.txt"]);
  expect(stored().length).toBe(18);
  expect(readdirSync(paths.rejected).length).toBe(2);
});

test.each<[string, string]>([
  ["garbage", "no lock at all, and longer than the header of a database ".repeat(30)],
  ["nothing", ""],
])("a lock file that holds %s is made anew", async (_what, content) => {
  writeFileSync(join(dataDir, "lock.db"), content);
  await using daemon = await TestDaemon.start(dataDir);
  await using second = await TestDaemon.start(dataDir);
  await expect.poll(() => second.process.exitCode, { timeout: 10_000 }).toBe(0);
  expect(daemon.process.exitCode).toBeNull();
});

test("a copy of the data directory, made while the daemon runs, is a record of its own", async () => {
  await using original = await TestDaemon.start(dataDir);
  expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
  const copy = `${newDataDir()}/copy`;
  cpSync(dataDir, copy, { recursive: true, filter: (file) => !file.endsWith(".sock") });
  try {
    expect(await duolog(copy, "stop")).toMatchObject({ code: 0, stdout: "no daemon is running\n" });
    expect((await duolog(copy, "status")).stdout).toContain("not running");
    expect(await duolog(copy, "start")).toMatchObject({ code: 0 });
    const rpc = testClient(copy);
    expect((await rpc.upsertMessage({ id: "copied", sessionId: "s" })).status).toBe("stored");
    await rpc.close();
    expect(await duolog(copy, "stop")).toMatchObject({ code: 0 });
    expect(original.process.exitCode).toBeNull();
    expect(stored().map(({ id }) => id)).toEqual(["m0"]);
    expect(queryRows(dataPaths(copy).database, "SELECT id FROM messages")).toHaveLength(2);
  } finally {
    rmSync(dirname(copy), { recursive: true, force: true });
  }
});

describe("a runtime.json that is garbage", () => {
  test.each([
    "",
    "{",
    "null",
    '{"node":7}',
    '{"node":"../n","daemon":"d","version":"1","socket":"s"}',
  ])("(%s) is written anew at the start", async (content) => {
    writeFileSync(join(dataDir, "runtime.json"), content);
    await using daemon = await TestDaemon.start(dataDir);
    expect(readRuntime(daemon.paths)?.socket).toBe(daemon.paths.socket);
  });

  test("and can't be replaced ends the start, and holds nothing", async () => {
    const file = join(dataDir, "runtime.json");
    mkdirSync(file);
    const { code, stderr } = await duolog(dataDir, "serve");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^duolog: E\w+: .*runtime\.json/);
    rmSync(file, { recursive: true });
    await using _daemon = await TestDaemon.start(dataDir);
    expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
  });

  test("beside a running daemon, and whole, but of another place, hides it from nobody", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    const file = join(dataDir, "runtime.json");
    const whole = JSON.parse(readFileSync(file, "utf8"));
    const elsewhere = join(dataDir, "logs", "daemon.sock");
    writeFileSync(file, JSON.stringify({ ...whole, socket: elsewhere }));
    expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
    expect((await duolog(dataDir, "status")).stdout).toContain(`process ${daemon.process.pid}`);
    // Something else listens there.
    const other = createServer((socket) => socket.destroy()).listen(elsewhere);
    await once(other, "listening");
    expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
    other.close();
  });

  test("beside a running daemon hides it from nobody", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    writeFileSync(join(dataDir, "runtime.json"), "garbage");
    expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
    expect((await duolog(dataDir, "status")).stdout).toContain(`process ${daemon.process.pid}`);
    expect(await duolog(dataDir, "serve")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is running already"),
    });
    writeFileSync(join(dataDir, "runtime.json"), "garbage");
    expect(await duolog(dataDir, "start")).toMatchObject({ code: 0 });
    expect(daemon.process.exitCode).toBeNull();
  });
});
