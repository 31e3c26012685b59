import { execFile } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataPaths, listSegments, readRuntime, writeRuntime } from "@duolog/client/local";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { duolog, type Said } from "./duolog.ts";
import { Script } from "./script.ts";

/** How often the daemon is started and stopped under producers. */
const restarts = Number(process.env.DUOLOG_RESTARTS ?? 100);
vi.setConfig({ testTimeout: 60_000 + restarts * 6_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
  const paths = dataPaths(dataDir);
  // Before the first start a plugin finds the daemon by this file.
  writeRuntime(paths, {
    node: process.execPath,
    daemon: DUOLOG,
    version: "0.1.0",
    socket: paths.socket,
  });
});
afterEach(async () => {
  await duolog(dataDir, "stop");
  rmSync(dataDir, { recursive: true, force: true });
});

const storedIds = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages").map(
    ({ id }) => id,
  );
const logged = (message: string) =>
  readFileSync(join(dataDir, "logs", "daemon.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes(`"msg":"${message}"`));

/** A plugin's way: it records, starts the daemon where there is none, and never looks back. */
const PLUGIN = `
  const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
  for (let n = 0; n < 40; n++)
    rpc.record({ kind: "message", data: { id: process.env.WHO + "-" + n, sessionId: "s", role: "user" } });
  await rpc.flush(25000);
  await rpc.close();`;

test("twenty producers and twenty `duolog start` at one instant: one daemon, no error, nothing lost", async () => {
  const producers = Array.from(
    { length: 20 },
    (_, who) => new Script(dataDir, PLUGIN, { env: { WHO: `p${who}` } }),
  );
  const starts = Array.from({ length: 20 }, () => duolog(dataDir, "start", "--json"));
  const said = await Promise.all(starts);
  for (const { code, stderr } of said) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const pids = said.map(({ stdout }) => JSON.parse(stdout).pid);
  expect(new Set(pids).size).toBe(1);
  for (const producer of producers) {
    expect(await producer.end()).toEqual({ code: 0, stdout: "", stderr: "" });
  }
  await expect.poll(() => storedIds().length, { timeout: 30_000 }).toBe(800);
  expect(new Set(storedIds()).size).toBe(800);
  expect(logged("started")).toHaveLength(1);
  expect(logged("not started")).toEqual([]);
  expect(listSegments(dataPaths(dataDir))).toEqual([]);
});

/** Records without a pause until told to stop by a signal; tells the last number. */
const STEADY = `
  const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
  let n = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < 3; i++)
      rpc.record({ kind: "message", data: { id: process.env.WHO + "-" + n++, sessionId: "s", role: "user" } });
  }, 10);
  process.once("SIGTERM", async () => {
    clearInterval(timer);
    await rpc.flush(20000);
    await rpc.close();
    tell(String(n));
  });`;

test(`${restarts} starts and stops under producers: no error, nothing lost`, async () => {
  const producers = [0, 1, 2].map(
    (who) => new Script(dataDir, STEADY, { env: { WHO: `p${who}` } }),
  );
  const bad: Said[] = [];
  for (let round = 0; round < restarts; round += 1) {
    for (const command of ["start", "stop"]) {
      const said = await duolog(dataDir, command);
      if (said.code !== 0 || said.stderr) bad.push(said);
    }
  }
  expect(bad).toEqual([]);
  expect((await duolog(dataDir, "start")).code).toBe(0);
  const expected: string[] = [];
  for (const [who, producer] of producers.entries()) {
    producer.process.kill("SIGTERM");
    const { code, stdout, stderr } = await producer.end();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (let n = 0; n < Number(stdout); n += 1) expected.push(`p${who}-${n}`);
  }
  await expect.poll(() => listSegments(dataPaths(dataDir)).length, { timeout: 30_000 }).toBe(0);
  expect(new Set(storedIds())).toEqual(new Set(expected));
  expect(storedIds()).toHaveLength(expected.length);
  expect(logged("not started")).toEqual([]);
  expect(readdirSync(dataPaths(dataDir).rejected)).toEqual([]);
});

/** The built daemon under another version number; returns its bin. */
function builtAs(version: string, directory: string): string {
  const app = dirname(dirname(DUOLOG));
  const copy = join(directory, version);
  mkdirSync(copy, { recursive: true });
  for (const part of ["bin", "dist"])
    cpSync(join(app, part), join(copy, part), { recursive: true });
  symlinkSync(
    fileURLToPath(new URL("../../node_modules", import.meta.url)),
    join(copy, "node_modules"),
  );
  const manifest = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...manifest, version }));
  return join(copy, "bin", "duolog.js");
}

test("an upgrade while clients of the previous version are connected", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "duolog-newer-"));
  const newer = builtAs("99.1.0", elsewhere);
  await using old = await TestDaemon.start(dataDir);
  // One that tells no protocol version, as the plugins from before did, and one of today.
  await using before = await BareSocket.open(old.paths, "opencode-plugin");
  const upsert = (bare: BareSocket, id: string) =>
    bare.call("mutation", "message.upsert", { id, sessionId: "s", role: "user" });
  expect((await upsert(before, "before")).error).toBeUndefined();
  const today = new Script(dataDir, STEADY, { env: { WHO: "p" } });
  const closed = once(before.socket, "close");
  const started = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [newer, "start", "--json"],
      { env: cleanEnv(dataDir) },
      (_e, stdout) => resolve(stdout),
    );
  });
  expect(JSON.parse(started)).toMatchObject({ version: "99.1.0", started: true });
  expect((await closed)[0]).toBe(1001);
  await expect.poll(() => old.process.exitCode).toBe(0);
  await using again = await BareSocket.open(old.paths, "opencode-plugin");
  expect((await upsert(again, "again")).error).toBeUndefined();
  today.process.kill("SIGTERM");
  const { stdout, stderr } = await today.end();
  expect(stderr).toBe("");
  const ids = new Set(storedIds());
  expect(ids).toContain("before");
  expect(ids).toContain("again");
  for (let n = 0; n < Number(stdout); n += 1) expect(ids).toContain(`p-${n}`);
  // The older program finds the newer daemon, uses it, and does not take its place.
  expect((await duolog(dataDir, "start", "--json")).stdout).toContain('"version": "99.1.0"');
  expect(readRuntime(old.paths)?.daemon).toBe(newer);
  const rpc = testClient(dataDir);
  expect((await rpc.health())?.version).toBe("99.1.0");
  await rpc.close();
  await duolog(dataDir, "stop");
  rmSync(elsewhere, { recursive: true });
});
