import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestRecord } from "@duolog/contract";
import { expect, test } from "vitest";
import { cleanEnv, DUOLOG, TestDaemon, testClient } from "../harness/daemon.ts";

const T = 1_769_760_000_000;

const message = (id: number, textContent: string): IngestRecord => ({
  kind: "message",
  data: {
    id: `m${id}`,
    sessionId: `s${id % 7}`,
    source: "opencode",
    role: "user",
    textContent,
    createdAt: T + id * 1_000,
  },
});

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => message(from + n, `word number${from + n}`));

async function search(daemon: TestDaemon, words: string) {
  const client = testClient(daemon.paths.root);
  try {
    return await client.reader.search.find({ words, each: true, waitMs: 4_000 });
  } finally {
    await client.close();
  }
}

async function ingest(daemon: TestDaemon, records: IngestRecord[]): Promise<void> {
  const client = testClient(daemon.paths.root);
  const answer = await client.ingest(records);
  await client.close();
  expect(answer.status === "answered" && answer.results.every(({ ok }) => ok)).toBe(true);
}

const idsIn = async (daemon: TestDaemon, words: string) =>
  (await search(daemon, words)).hits.map(({ messageId }) => messageId);

test("what is acknowledged is found; a daemon that is killed in the middle of it goes on", async () => {
  await using first = await TestDaemon.start();
  const { root } = first.paths;
  await ingest(first, many(0, 900));
  expect(await idsIn(first, "number899")).toEqual(["m899"]);
  await ingest(first, many(900, 900));
  await first.stop("SIGKILL");
  await using second = await TestDaemon.start(root);
  expect(await idsIn(second, "number7 OR number1799")).toEqual(["m1799", "m7"]);
  const index = join(root, "search.db");
  expect(statSync(index).mode & 0o777).toBe(0o600);
  await second.stop();
  // Deleted, and in the end a directory where it should be: recording and reading go on.
  for (const part of ["", "-wal", "-shm"]) rmSync(index + part, { force: true });
  await using third = await TestDaemon.start(root);
  expect(await idsIn(third, "number1500")).toEqual(["m1500"]);
  await third.stop();
  for (const part of ["", "-wal", "-shm"]) rmSync(index + part, { force: true });
  mkdirSync(index);
  await using last = await TestDaemon.start(root);
  await ingest(last, many(1_800, 10));
  await expect(search(last, "word")).rejects.toThrow("the search index can't be used for now");
  expect(await last.stop()).toBe(0);
});

test("an index that others could read is closed to them, one that is damaged begun anew", async () => {
  await using first = await TestDaemon.start();
  const { root } = first.paths;
  await ingest(first, many(0, 50));
  await idsIn(first, "word");
  await first.stop();
  const index = join(root, "search.db");
  chmodSync(index, 0o644);
  await using second = await TestDaemon.start(root);
  expect(await idsIn(second, "number3")).toEqual(["m3"]);
  expect(statSync(index).mode & 0o777).toBe(0o600);
  await second.stop();
  writeFileSync(index, "nothing that SQLite knows ".repeat(1_000));
  await using third = await TestDaemon.start(root);
  await search(third, "word").catch(() => {});
  expect(await idsIn(third, "number4")).toEqual(["m4"]);
});

test("duolog search, reindex and status", async () => {
  await using daemon = await TestDaemon.start();
  const env = cleanEnv(daemon.paths.root);
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [DUOLOG, ...args], { env, encoding: "utf8" });
  expect(run("search", "word").stdout).toBe("nothing found\n");
  expect(existsSync(join(daemon.paths.root, "search.db"))).toBe(false);
  await ingest(daemon, [
    {
      kind: "session",
      data: {
        id: "s1",
        source: "opencode",
        title: "Log in\u001b[31m",
        projectPath: "/home/ada/garden",
      },
    },
    { ...message(1, "why does the login fail?\u001b[2J") },
    { ...message(8, "the login, again") },
  ]);
  const found = run("search", "login");
  expect([found.status, found.stderr]).toEqual([0, ""]);
  expect(found.stdout).toContain(
    "· opencode · garden · Log in [31m  +1 more\n  user: the login, again\n  duolog show s1 --at m8\n",
  );
  expect(run("search", "login", "-again", "--all").stdout).toContain(
    "user: why does the login fail? [2J",
  );
  const painted = spawnSync(process.execPath, [DUOLOG, "search", "login"], {
    env: { ...env, FORCE_COLOR: "1" },
    encoding: "utf8",
  });
  expect(painted.stdout).toContain("the \u001b[1m\u001b[33mlogin\u001b[39m\u001b[22m, again");
  const { hits, complete, nextCursor } = JSON.parse(
    run("search", "login", "--all", "--limit", "1", "--json").stdout,
  );
  expect([hits.length, complete, typeof nextCursor]).toEqual([1, true, "string"]);
  const next = run("search", "login", "--all", "--limit", "1", "--json", "--cursor", nextCursor);
  expect(JSON.parse(next.stdout).hits[0].messageId).toBe("m1");
  expect(run("search", "login", "--projct", "x").stderr).toContain("there is no option --projct");
  expect(run("status").stdout).toMatch(/Search +2 texts, 1 MB/);
  expect(run("reindex", "--wait").stdout).toMatch(/^built anew: 2 texts/);
});
