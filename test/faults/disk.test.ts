import {
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient } from "@duolog/client";
import { dataPaths, ensureDataDir, startDaemon, writeRuntime } from "@duolog/client/local";
import { describe, expect, test, vi } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { fillLegacyFile, writeLegacyFile } from "../upgrade/legacy.ts";
import { canMount, fill, SmallDisk } from "./disk.ts";
import { duolog } from "./duolog.ts";
import { idsIn, records, sendUntilRefused } from "./sent.ts";

vi.setConfig({ testTimeout: 40_000 });

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
