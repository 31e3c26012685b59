import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRpcClient } from "@duolog/client";
import { readToken } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { duolog } from "./duolog.ts";
import { versionOf } from "./producer.ts";
import { Script } from "./script.ts";
import { idsIn, records } from "./sent.ts";

vi.setConfig({ testTimeout: 40_000 });

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
