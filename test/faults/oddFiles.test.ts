import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { duolog } from "./duolog.ts";
import { ingestInto } from "./messages.ts";
import { runScript } from "./script.ts";

vi.setConfig({ testTimeout: 40_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** What may lie where a small file belongs. */
const PLANTS: Record<string, (path: string) => void> = {
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "a directory": (path) => mkdirSync(path),
  "a symlink": (path) => symlinkSync("/dev/null", path),
};
const kinds = Object.keys(PLANTS);

function plant(kind: string, name: string): void {
  PLANTS[kind]?.(join(dataDir, name));
}

const eachKind = (names: string[]) =>
  names.flatMap((name) => kinds.map((kind) => [kind, name] as const));

/** A client of its own process records one message and ends. Gives how long that took, ms. */
async function recordOne(id: string): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await runScript(
    dataDir,
    `const rpc = createRpcClient({ clientName: "t", clientVersion: "0", dataDir });
     rpc.record({ kind: "message", data: { id: ${JSON.stringify(id)}, sessionId: "s" } });
     await rpc.flush(2_000);
     await rpc.close();`,
    { nodeArgs: ["--no-warnings"], env: { PATH: "/usr/bin:/bin" } },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return performance.now() - began;
}

const stored = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages ORDER BY id").map(
    ({ id }) => id,
  );

describe.each(eachKind(["token", "runtime.json", "starter.pid"]))("%s at %s", (kind, name) => {
  test("holds no client up, and what it records is stored once that is gone", async () => {
    plant(kind, name);
    expect(await recordOne("m1")).toBeLessThan(8_000);
    rmSync(join(dataDir, name), { recursive: true, force: true });
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(stored, { timeout: 10_000 }).toEqual(["m1"]);
  });
});

describe.each(eachKind(["starter.pid", "daemon.pid", "duolog.db.suspect"]))(
  "%s at %s",
  (kind, name) => {
    test("keeps no daemon from starting by itself", async () => {
      await using first = await TestDaemon.start(dataDir);
      await first.stop();
      rmSync(join(dataDir, name), { recursive: true, force: true });
      plant(kind, name);
      await recordOne("m1");
      await expect.poll(stored, { timeout: 10_000 }).toEqual(["m1"]);
      expect(await duolog(dataDir, "stop")).toMatchObject({ code: 0 });
      expect(readdirSync(dataDir)).not.toContain("duolog.db.suspect");
    });
  },
);

describe.each(eachKind(["token", "duolog.db.putting-aside", "lock.db", "duolog.db"]))(
  "%s at %s",
  (kind, name) => {
    test("ends the start with its name, and holds nothing", async () => {
      plant(kind, name);
      const { code, stderr } = await duolog(dataDir, "serve");
      expect(code).toBe(1);
      const [said = "", ...more] = stderr.split(`duolog: ${join(dataDir, name)} is `).reverse();
      expect(said).toMatch(
        /^(a symlink|no regular file|no file of yours that can be read): move it away\n$/,
      );
      expect(more).toEqual([""]);
      expect((await duolog(dataDir, "status")).code).toBe(0);
      rmSync(join(dataDir, name), { recursive: true, force: true });
      await using _daemon = await TestDaemon.start(dataDir);
      expect((await ingestInto(dataDir, 0, 1))[0]).toMatchObject({ ok: true });
    });
  },
);

test("a directory at a running daemon's runtime.json is told once", async () => {
  await using daemon = await TestDaemon.start(dataDir);
  rmSync(daemon.paths.runtime);
  mkdirSync(daemon.paths.runtime);
  const told = () =>
    readFileSync(join(dataDir, "logs", "daemon.log"), "utf8").split("runtime.json not written");
  await expect.poll(() => told().length, { timeout: 10_000 }).toBe(2);
  await sleep(4_000);
  expect(told()).toHaveLength(2);
});

test.each(kinds)("%s at runtime.json is replaced at a start, or told", async (kind) => {
  plant(kind, "runtime.json");
  const { code, stderr } = await duolog(dataDir, "start");
  if (kind === "a directory") {
    const told = `duolog: ${join(dataDir, "runtime.json")} is a directory: move it away\n`;
    expect({ code, stderr }).toEqual({ code: 1, stderr: told });
  } else {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await duolog(dataDir, "stop")).toMatchObject({ code: 0 });
  }
});

describe.each(["inbox", "spool", "rejected", "backups", "logs"])("a file at %s", (name) => {
  test("ends the start with its name; `status` tells what there is", async () => {
    const file = join(dataDir, name);
    writeFileSync(file, "");
    const said = { code: 1, stderr: `duolog: ${file} is not a directory: move it away\n` };
    expect(await duolog(dataDir, "serve")).toMatchObject(said);
    expect(await duolog(dataDir, "status")).toMatchObject({ code: 0, stderr: "" });
    rmSync(file);
    await using _daemon = await TestDaemon.start(dataDir);
  });
});

test("a file at a running daemon's rejected/ does not keep it from telling its health", async () => {
  await using daemon = await TestDaemon.start(dataDir);
  rmSync(daemon.paths.rejected, { recursive: true });
  writeFileSync(daemon.paths.rejected, "");
  const rpc = testClient(dataDir);
  expect(await rpc.health()).toMatchObject({ rejected: 0 });
  await rpc.close();
});

test.each(["status", "start", "serve", "sessions", "stop"])(
  "a file in the data directory's place: `%s` says so",
  async (command) => {
    const file = join(dataDir, "file");
    writeFileSync(file, "");
    const said = { code: 1, stderr: `duolog: ${file} is not a directory: move it away\n` };
    expect(await duolog(file, command)).toMatchObject(said);
  },
);
