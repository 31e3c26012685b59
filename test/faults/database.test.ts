import { spawn } from "node:child_process";
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { canDropPrivileges, duologUnprivileged } from "./duolog.ts";
import { idsIn, records, sendUntilRefused } from "./sent.ts";

/** How long another program holds the database: longer than the daemon's patience. */
const lockedMs = Number(process.env.DUOLOG_LOCKED_MS ?? 30_000);
vi.setConfig({ testTimeout: 40_000 + lockedMs });

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
