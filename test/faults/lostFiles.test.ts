import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestRecord } from "@duolog/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../harness/daemon.ts";
import { canMount, fill, SmallDisk } from "./disk.ts";
import { versionOf } from "./producer.ts";

const records = (count: number): IngestRecord[] =>
  Array.from({ length: count }, (_, i) => versionOf("s", `m${i}`, i));

async function record(dataDir: string, count: number): Promise<number> {
  const rpc = testClient(dataDir);
  const answer = await rpc.ingest(records(count));
  await rpc.close();
  return answer.status === "answered" ? answer.results.filter(({ ok }) => ok).length : 0;
}

async function expectEnd(daemon: TestDaemon): Promise<void> {
  await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
}

describe("a daemon that lost its files ends though it can't write", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test.each([
    ["a directory in the place of runtime.json", "runtime.json"],
    ["a file in the place of the spool", "spool"],
  ])("%s", async (_what, name) => {
    await using daemon = await TestDaemon.start(dataDir);
    expect(await record(dataDir, 10)).toBe(10);
    rmSync(join(dataDir, name), { recursive: true });
    if (name === "spool") writeFileSync(join(dataDir, name), "");
    else mkdirSync(join(dataDir, name));
    rmSync(daemon.paths.database);
    await expectEnd(daemon);
    const log = readFileSync(join(daemon.paths.logs, "daemon.log"), "utf8");
    expect(log).toContain("duolog.db is gone");
    expect(log).toContain("runtime.json not written");
  });

  test.runIf(canMount)("a full disk", async () => {
    using disk = new SmallDisk(3);
    await using daemon = await TestDaemon.start(disk.path);
    expect(await record(disk.path, 10)).toBe(10);
    fill(join(disk.path, "filler"));
    rmSync(daemon.paths.database);
    await expectEnd(daemon);
  });
});

test.each([
  ["a file", (path: string) => writeFileSync(path, "x")],
  ["a symlink to itself", (path: string) => symlinkSync(path, path)],
])("%s in the place of the data directory ends the daemon with a reason", async (_what, put) => {
  const dataDir = newDataDir();
  const moved = `${dataDir}-moved`;
  const daemon = spawn(process.execPath, [DUOLOG, "serve"], { env: cleanEnv(dataDir) });
  let stderr = "";
  daemon.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  try {
    await expect.poll(() => record(dataDir, 10), { timeout: 10_000 }).toBe(10);
    renameSync(dataDir, moved);
    put(dataDir);
    await expect.poll(() => daemon.exitCode, { timeout: 10_000 }).toBe(1);
    expect(stderr).toMatch(/^duolog: (duolog\.db|daemon\.sock) is gone; .*\n$/);
  } finally {
    daemon.kill("SIGKILL");
    for (const path of [dataDir, moved]) rmSync(path, { recursive: true, force: true });
  }
});
