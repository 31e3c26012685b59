import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataPaths, readRuntime } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { canDropPrivileges, duolog, duologIn, duologUnprivileged } from "./duolog.ts";
import { ingestInto, records } from "./messages.ts";
import { versionOf } from "./producer.ts";

vi.setConfig({ testTimeout: 40_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const ingest = (from: number, to: number) => ingestInto(dataDir, from, to);
const stored = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages ORDER BY rowid");

/** A line of the spool with the n-th message. */
const spoolLine = (n: number) =>
  JSON.stringify({ client: { name: "test", version: "0" }, record: versionOf("s", `m${n}`, n) });

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

test.each([6_000, 100_000])(
  "a record nested %d deep is kept in rejected/ as it came",
  async (depth) => {
    const paths = dataPaths(dataDir);
    mkdirSync(paths.spool, { mode: 0o700 });
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const hostile = (field: string) =>
      `{"client":{"name":"test","version":"0"},"record":{"kind":"message","data":{"id":"${field}","sessionId":"s","${field}":${deep}}}}`;
    const file = join(paths.spool, "4194305-77-1.jsonl");
    writeFileSync(file, `${hostile("textContent")}\n${hostile("unknown")}\n${spoolLine(1)}\n`);
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(() => readdirSync(paths.spool), { timeout: 10_000 }).toEqual([]);
    expect(stored().map(({ id }) => id)).toContain("m1");
    const kept = readdirSync(paths.rejected).map((name) =>
      readFileSync(join(paths.rejected, name), "utf8"),
    );
    expect(kept.length).toBeGreaterThan(0);
    for (const text of kept) {
      expect(JSON.parse(text)).toMatchObject({ client: "test" });
      expect(text).toContain(deep);
      expect(text.length).toBeLessThan(3 * depth + 1_000);
    }
  },
);

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

test.runIf(canDropPrivileges)("a lock file that can't be written is no lock", async () => {
  writeFileSync(join(dataDir, "lock.db"), "", { mode: 0o400 });
  const said = await duologUnprivileged(dataDir, "serve");
  expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/EACCES.*lock\.db/) });
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
    expect(stderr).toMatch(/runtime\.json is a directory: move it away\n$/);
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

  test.each<[string, (root: string) => string]>([
    ["through a loop of symlinks", (root) => join(root, "loop", "s", "daemon.sock")],
    ["with a name that none can have", (root) => join(root, "x".repeat(300), "daemon.sock")],
    ["with a zero byte", (root) => join(root, "a\0b", "daemon.sock")],
  ])("beside a running daemon, of a place %s, hides it from nobody", async (_what, place) => {
    await using _daemon = await TestDaemon.start(dataDir);
    symlinkSync("loop", join(dataDir, "loop"));
    const file = join(dataDir, "runtime.json");
    const whole = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...whole, socket: place(dataDir) }));
    expect((await ingest(0, 1))[0]).toMatchObject({ ok: true });
  });

  test("or lost, beside a running daemon whose socket others would not guess, is written again", async () => {
    // Too long for a socket: that lies in the temporary folder of who starts the daemon.
    const deep = join(dataDir, "x".repeat(80), "data");
    const elsewhere = join(dataDir, "tmp");
    mkdirSync(deep, { recursive: true, mode: 0o700 });
    mkdirSync(elsewhere, { mode: 0o700 });
    await using daemon = await TestDaemon.start(deep, { TMPDIR: tmpdir() });
    const others = (...args: string[]) => duologIn(deep, { TMPDIR: elsewhere }, ...args);
    const told = `process ${daemon.process.pid}`;
    expect((await others("status")).stdout).toContain(told);
    for (const content of [null, "garbage"]) {
      if (content === null) rmSync(join(deep, "runtime.json"));
      else writeFileSync(join(deep, "runtime.json"), content);
      await expect
        .poll(async () => (await others("status")).stdout, { timeout: 8_000 })
        .toContain(told);
      rmSync(join(deep, "runtime.json"));
      expect((await others("start")).stdout).toContain(told);
    }
    expect(daemon.process.exitCode).toBeNull();
    rmSync(dirname(daemon.paths.socket), { recursive: true });
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
