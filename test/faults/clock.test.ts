import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { duolog } from "./duolog.ts";
import { runScript } from "./script.ts";

vi.setConfig({ testTimeout: 40_000 });

const DAY = 86_400_000;

/** Node's arguments for a process whose wall clock is off by so many ms, as Date tells it. */
const shifted = (by: number) => [
  "--import",
  `data:text/javascript,${encodeURIComponent(`
    const now = Date.now;
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...args) { if (args.length) super(...args); else super(now() + ${by}); }
      static now() { return now() + ${by}; }
    };`)}`,
];

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const upsert = (id: string, title: string) => `
  const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir, autostart: false });
  const acks = [await rpc.upsertSession({ id: "s", title: ${JSON.stringify(title)}, titleKind: "user" }),
    await rpc.upsertMessage({ id: ${JSON.stringify(id)}, sessionId: "s", role: "user", textContent: "hi" })];
  await rpc.close();
  tell(JSON.stringify(acks.map((ack) => ack.status)));`;

describe.each([
  ["back", -9 * DAY],
  ["forward", 9 * DAY],
])("a clock set %s by days", (_way, by) => {
  test("on the clients' side: each record is kept, by its own time", async () => {
    await using _daemon = await TestDaemon.start(dataDir);
    const before = Date.now();
    for (const [id, shift] of [
      ["a", 0],
      ["b", by],
      ["c", 0],
    ] as const) {
      const { stdout, stderr } = await runScript(dataDir, upsert(id, `by ${id}`), {
        nodeArgs: shifted(shift),
      });
      expect({ stdout, stderr }).toEqual({ stdout: '["stored","stored"]\n', stderr: "" });
    }
    const database = dataPaths(dataDir).database;
    const [row] = queryRows<{ title: string; updated_at: number }>(
      database,
      "SELECT * FROM sessions",
    );
    // M4: the one observed later, which only the clocks can tell.
    expect(row?.title).toBe(by > 0 ? "by b" : "by c");
    expect(queryRows(database, "SELECT id FROM messages")).toHaveLength(3);
    expect(before).toBeLessThan(Date.now());
  });

  test("on the daemon's side: it records, drains, hands over and stops as ever", async () => {
    const daemon = spawn(process.execPath, [...shifted(by), DUOLOG, "serve", "--detached"], {
      env: cleanEnv(dataDir),
      stdio: "ignore",
    });
    try {
      const rpc = testClient(dataDir, "test", true);
      await expect.poll(() => rpc.health(), { timeout: 10_000 }).not.toBeNull();
      expect((await rpc.upsertMessage({ id: "m", sessionId: "s" })).status).toBe("stored");
      await rpc.close();
      await sleep(100);
      expect(await duolog(dataDir, "status")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`process ${daemon.pid}`),
      });
      expect(await duolog(dataDir, "stop")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^stopped/),
      });
    } catch (error) {
      daemon.kill("SIGKILL");
      throw error;
    }
    await using _next = await TestDaemon.start(dataDir);
    expect(queryRows(dataPaths(dataDir).database, "SELECT id FROM messages")).toHaveLength(1);
  });

  test("while the spool waits: its owner's death is seen by the process, not by the clock", async () => {
    const spooled = await runScript(
      dataDir,
      `const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir, autostart: false });
       for (let n = 0; n < 30; n++)
         rpc.record({ kind: "message", data: { id: "m" + n, sessionId: "s", role: "user" } });
       process.kill(process.pid, "SIGKILL");`,
      { nodeArgs: shifted(by) },
    );
    expect(spooled.stderr).toBe("");
    await using _daemon = await TestDaemon.start(dataDir);
    const count = () => queryRows(dataPaths(dataDir).database, "SELECT id FROM messages").length;
    await expect.poll(count, { timeout: 10_000 }).toBe(30);
  });
});
