import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient } from "@duolog/client";
import {
  dataPaths,
  ensureDataDir,
  readToken,
  startDaemon,
  writeRuntime,
} from "@duolog/client/local";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { fillLegacyFile, writeLegacyFile } from "../upgrade/legacy.ts";
import { canMount, fill, SmallDisk } from "./disk.ts";
import { canDropPrivileges, duolog, duologUnprivileged } from "./duolog.ts";
import { versionOf } from "./producer.ts";
import { Script } from "./script.ts";

/** How long another program holds the database: longer than the daemon's patience. */
const lockedMs = Number(process.env.DUOLOG_LOCKED_MS ?? 30_000);
vi.setConfig({ testTimeout: 40_000 + lockedMs });

const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => versionOf("s", `m${from + i}`, from + i));

const idsIn = (dataDir: string) =>
  new Set(
    queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages").map(
      ({ id }) => id,
    ),
  );

/** Sends until refused; returns what was acknowledged and what was told at last. */
async function sendUntilRefused(dataDir: string, most: number) {
  const rpc = testClient(dataDir);
  const acknowledged: string[] = [];
  for (let n = 0; n < most; n += 50) {
    const answer = await rpc.ingest(records(n, n + 50));
    const results = answer.status === "answered" ? answer.results : [];
    results.forEach((result, i) => {
      if (result.ok) acknowledged.push(`m${n + i}`);
    });
    const bad = results.find((result) => !result.ok);
    if (answer.status !== "answered" || bad) {
      await rpc.close();
      return { acknowledged, refusal: bad && !bad.ok ? bad.error : null };
    }
  }
  throw new Error(`nothing was refused in ${most} records`);
}

describe.runIf(canMount)("a disk", () => {
  test("that is full: what was acknowledged stays, the rest is told to wait, and goes on", async () => {
    using disk = new SmallDisk(3);
    const { path } = disk;
    await using daemon = await TestDaemon.start(path);
    const filler = join(path, "filler");
    const { acknowledged, refusal } = await sendUntilRefused(path, 20_000);
    expect(refusal).toMatchObject({ code: "UNAVAILABLE" });
    expect(acknowledged.length).toBeGreaterThan(50);
    // With no byte left a spooling client still answers and throws nothing.
    fill(filler);
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir: path });
    const textContent = "x".repeat(1_000_000);
    const ack = await rpc.upsertMessage({ id: "late", sessionId: "s", textContent });
    expect(ack).toMatchObject({ status: "refused", error: { code: "UNAVAILABLE" } });
    expect((await rpc.health())?.pid).toBe(daemon.process.pid);
    rmSync(filler);
    disk.grow(32);
    expect(await rpc.flush(20_000)).toBe(true);
    await rpc.close();
    const ids = idsIn(path);
    for (const id of [...acknowledged, "late"]) expect(ids).toContain(id);
    expect(queryRows(daemon.paths.database, "PRAGMA integrity_check")).toEqual([
      { integrity_check: "ok" },
    ]);
    expect(await daemon.stop()).toBe(0);
  });

  test("that is full at the start: the daemon says so, and starts once there is room", async () => {
    using disk = new SmallDisk(2);
    fill(join(disk.path, "filler"));
    const said = await duolog(disk.path, "serve");
    expect(said.code).toBe(1);
    expect(said.stderr).toMatch(/no space|ENOSPC|no room|full/i);
    expect(said.stderr).not.toMatch(/^\s+at /m);
    rmSync(join(disk.path, "filler"));
    await using daemon = await TestDaemon.start(disk.path);
    expect(await daemon.stop()).toBe(0);
  });

  test("with one block free: a daemon that dies at once is started once a second, not at each try", async () => {
    using disk = new SmallDisk(2);
    using elsewhere = new SmallDisk(1);
    const paths = dataPaths(disk.path);
    ensureDataDir(paths);
    const daemon = join(elsewhere.path, "daemon.cjs");
    const starts = join(elsewhere.path, "starts");
    writeFileSync(daemon, `require("node:fs").appendFileSync(${JSON.stringify(starts)}, "x")`);
    const { socket } = paths;
    writeRuntime(paths, { node: process.execPath, daemon, version: "1", socket });
    const filler = join(disk.path, "filler");
    fill(filler);
    truncateSync(filler, statSync(filler).size - statfsSync(disk.path).bsize);
    // At 0, 1 and 2 s.
    for (const end = Date.now() + 2_500; Date.now() < end; await sleep(50)) startDaemon(paths);
    const count = readFileSync(starts).length;
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThanOrEqual(3);
  });

  test.each([50, 2_000])(
    "with just the room that is asked for is enough to upgrade texts of %d",
    async (length) => {
      using disk = new SmallDisk(128);
      const { database } = dataPaths(disk.path);
      writeLegacyFile(database);
      fillLegacyFile(database, Math.floor(8_000_000 / (length + 100)), length);
      const size = statSync(database).size;
      const { bavail, bsize } = statfsSync(disk.path);
      writeFileSync(
        join(disk.path, "filler"),
        Buffer.alloc(bavail * bsize - Math.ceil(5.02 * size)),
      );
      await using daemon = await TestDaemon.start(disk.path);
      expect(await daemon.stop()).toBe(0);
      expect(readdirSync(join(disk.path, "backups"))).toHaveLength(1);
    },
  );

  test("that is full while a client writes a deleted segment again: no file is left of a try", async () => {
    using disk = new SmallDisk(6);
    const { path } = disk;
    const { spool } = dataPaths(path);
    const options = { clientName: "test", clientVersion: "0", dataDir: path, autostart: false };
    const rpc = createRpcClient(options);
    const big = { id: "big", sessionId: "s", textContent: "x".repeat(2_000_000) };
    rpc.record({ kind: "message", data: big });
    const [segment = ""] = readdirSync(spool);
    rmSync(join(spool, segment));
    fill(join(path, "filler"));
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const before = descriptors();
    for (const record of records(0, 3)) {
      rpc.record(record);
      await sleep(1_100);
    }
    expect(readdirSync(spool)).toEqual([]);
    expect(descriptors()).toBe(before);
    rmSync(join(path, "filler"));
    for (const record of records(3, 4)) rpc.record(record);
    await using _daemon = await TestDaemon.start(path);
    expect(await rpc.flush(10_000)).toBe(true);
    await rpc.close();
    expect(idsIn(path)).toEqual(new Set(["big", "m0", "m1", "m2", "m3"]));
  });

  test("that turns read-only: nothing acknowledged is lost, and it goes on when writable", async () => {
    using disk = new SmallDisk(16);
    const { path } = disk;
    await using daemon = await TestDaemon.start(path);
    const rpc = testClient(path, "test", true);
    expect(await rpc.upsertMessage({ id: "before", sessionId: "s" })).toMatchObject({
      status: "stored",
    });
    // A file that is open for writing keeps the mount writable: all are closed by the kill.
    await daemon.stop("SIGKILL");
    disk.remount("ro");
    const said = await duolog(path, "serve");
    expect(said.code).toBe(1);
    expect(said.stderr).toMatch(/read-?only|EROFS/i);
    expect(said.stderr).not.toMatch(/^\s+at /m);
    const during = rpc.upsertMessage({ id: "during", sessionId: "s" });
    expect(["refused", "spooled"]).toContain((await during).status);
    disk.remount("rw");
    await using _again = await TestDaemon.start(path);
    expect(await rpc.flush(10_000)).toBe(true);
    await rpc.close();
    expect(idsIn(path)).toEqual(new Set(["before", "during"]));
  });
});

describe("the database", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test("under a limit of file sizes: told UNAVAILABLE, and nothing acknowledged is lost", async () => {
    // 512-byte blocks: 1 MB.
    const limited = spawn(
      "sh",
      ["-c", 'ulimit -f 2048 && exec "$0" "$@"', process.execPath, DUOLOG, "serve", "--detached"],
      { env: cleanEnv(dataDir), stdio: "ignore" },
    );
    const rpc = testClient(dataDir);
    await expect.poll(() => rpc.health(), { timeout: 10_000 }).not.toBeNull();
    await rpc.close();
    const { acknowledged, refusal } = await sendUntilRefused(dataDir, 20_000);
    expect(refusal).toMatchObject({ code: "UNAVAILABLE" });
    expect(limited.exitCode).toBeNull();
    limited.kill("SIGKILL");
    await using _daemon = await TestDaemon.start(dataDir);
    const ids = idsIn(dataDir);
    for (const id of acknowledged) expect(ids).toContain(id);
  });

  test("locked by another program: the daemon answers meanwhile, and nothing is lost", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    const rpc = testClient(dataDir, "test", true);
    expect((await rpc.upsertMessage({ id: "before", sessionId: "s" })).status).toBe("stored");
    const other = new Database(daemon.paths.database);
    other.exec("BEGIN IMMEDIATE");
    const locked = performance.now();
    for (const record of records(0, 300)) rpc.record(record);
    const bare = testClient(dataDir, "bare");
    const refused = bare.ingest(records(300, 301));
    // Reads and calls are answered while the batch waits for the lock.
    const waits: number[] = [];
    while (performance.now() - locked < lockedMs) {
      const began = performance.now();
      expect(await bare.health()).not.toBeNull();
      waits.push(performance.now() - began);
      await sleep(50);
    }
    expect(await refused).toMatchObject({
      status: "answered",
      results: [{ ok: false, error: { code: "UNAVAILABLE" } }],
    });
    waits.sort((a, b) => a - b);
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(250);
    expect(waits.at(-1)).toBeLessThan(1_500);
    other.exec("ROLLBACK");
    other.close();
    expect(await rpc.flush(20_000)).toBe(true);
    await Promise.all([rpc.close(), bare.close()]);
    const ids = idsIn(dataDir);
    for (let n = 0; n < 300; n += 1) expect(ids).toContain(`m${n}`);
    expect(readdirSync(daemon.paths.rejected)).toEqual([]);
  });

  test.runIf(canDropPrivileges)("in a directory without the right to write", async () => {
    chmodSync(dataDir, 0o500);
    const said = await duologUnprivileged(dataDir, "serve");
    chmodSync(dataDir, 0o700);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/EACCES|permission/) });
  });
});

describe("the data directory", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await duolog(dataDir, "stop");
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("deleted while running: nothing is acknowledged into the void, and it is begun anew", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
    expect((await rpc.upsertMessage({ id: "before", sessionId: "s" })).status).toBe("stored");
    const token = readToken(daemon.paths);
    rmSync(dataDir, { recursive: true });
    const acks = await Promise.all(
      records(0, 50).map(({ data }) => rpc.upsertMessage({ ...data, sessionId: "s" })),
    );
    for (const ack of acks) expect(["stored", "spooled"]).toContain(ack.status);
    expect(await rpc.flush(20_000)).toBe(true);
    await rpc.close();
    await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
    const ids = idsIn(dataDir);
    for (let n = 0; n < 50; n += 1) expect(ids).toContain(`m${n}`);
    expect(readToken(daemon.paths)).not.toBe(token);
  });

  test("moved away: what was recorded goes with it, and the rest begins anew", async () => {
    const moved = `${dataDir}-moved`;
    await using daemon = await TestDaemon.start(dataDir);
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
    expect((await rpc.upsertMessage({ id: "before", sessionId: "s" })).status).toBe("stored");
    renameSync(dataDir, moved);
    rpc.record(versionOf("s", "after", 1));
    expect(await rpc.flush(20_000)).toBe(true);
    await rpc.close();
    await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
    expect(idsIn(dataDir)).toContain("after");
    expect(idsIn(moved)).toContain("before");
    rmSync(moved, { recursive: true });
  });

  test("moved away while records wait: a killed client's are still found at the old place", async () => {
    const moved = `${dataDir}-moved`;
    await using client = new Script(
      dataDir,
      `const rpc = createRpcClient({ clientName: "t", clientVersion: "0", dataDir, autostart: false });
       const record = (id) => rpc.record({ kind: "message", data: { id, sessionId: "s" } });
       record("before");
       tell("ready");
       process.stdin.on("data", () => { record("after"); tell("recorded"); });`,
      { stdin: true },
    );
    await expect.poll(() => client.lines).toEqual(["ready"]);
    renameSync(dataDir, moved);
    client.process.stdin?.write("go");
    await expect.poll(() => client.lines).toEqual(["ready", "recorded"]);
    await client.kill();
    rmSync(moved, { recursive: true });
    await using _daemon = await TestDaemon.start(dataDir);
    const all = new Set(["before", "after"]);
    await expect.poll(() => idsIn(dataDir), { timeout: 10_000 }).toEqual(all);
  });

  test.each(["daemon.sock", "duolog.db"])(
    "an idle daemon whose %s was deleted ends, and the next one has it again",
    async (name) => {
      await using daemon = await TestDaemon.start(dataDir);
      rmSync(join(dataDir, name));
      await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
      await using next = await TestDaemon.start(dataDir);
      expect(existsSync(join(dataDir, name))).toBe(true);
      expect(await next.stop()).toBe(0);
      expect(readFileSync(join(dataDir, "logs", "daemon.log"), "utf8")).toContain(
        `${name} is gone`,
      );
    },
  );

  test("whose inbox and spool are deleted gets them again", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    for (const name of ["inbox", "spool", "rejected"]) {
      rmSync(join(dataDir, name), { recursive: true });
    }
    const rpc = testClient(dataDir, "test", true);
    expect((await rpc.upsertMessage({ id: "m", sessionId: "s" })).status).toBe("stored");
    expect((await rpc.upsertMessage({ id: "", sessionId: "s" })).status).toBe("refused");
    await rpc.close();
    expect(readdirSync(daemon.paths.rejected)).toHaveLength(1);
    mkdirSync(join(dataDir, "inbox"), { recursive: true });
    expect(await daemon.stop()).toBe(0);
  });
});
