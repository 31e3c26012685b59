import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  chosenEnv,
  type DataPaths,
  ensureDataDir,
  pidLockHolder,
  startDaemon,
  writeRuntime,
} from "../../src/local/index.ts";
import { isRecentNode } from "../../src/local/processes/findOnPath.ts";
import { tempData } from "./tempData.ts";

const build = new URL("../../dist/local/index.js", import.meta.url).href;

/** An entry that notes its start and stays, or ends at once. */
function writeEntry(paths: DataPaths, rest: string): string {
  ensureDataDir(paths);
  const entry = join(paths.root, "entry.cjs");
  writeFileSync(
    entry,
    `require("node:fs").appendFileSync("starts", JSON.stringify({ pid: process.pid, argv: process.argv.slice(2), cwd: process.cwd(), env: process.env }) + "\\n"); ${rest}`,
  );
  appendFileSync(join(paths.root, "starts"), "");
  return entry;
}

function starts(paths: DataPaths): { pid: number; argv: string[]; cwd: string; env: object }[] {
  const text = readFileSync(join(paths.root, "starts"), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function useRuntime(paths: DataPaths, entry: string): void {
  const { socket } = paths;
  writeRuntime(paths, { node: process.execPath, daemon: entry, version: "1", socket });
}

test("starts the entry of runtime.json in the data directory, with a chosen environment", async () => {
  using data = tempData();
  useRuntime(data.paths, writeEntry(data.paths, ""));
  const env = { PATH: "/bin", DUOLOG_IDLE_MS: "5", DUOLOG_TOKEN: "t", ANTHROPIC_API_KEY: "k" };
  expect(startDaemon(data.paths, env)).toBe("started");
  await expect.poll(() => starts(data.paths)).toHaveLength(1);
  expect(starts(data.paths)[0]).toMatchObject({
    argv: ["serve", "--detached"],
    cwd: data.paths.root,
    env: { PATH: "/bin", DUOLOG_IDLE_MS: "5", DUOLOG_DATA_DIR: data.paths.root },
  });
  expect(JSON.stringify(starts(data.paths)[0]?.env)).not.toMatch(/TOKEN|KEY/);
});

test("twenty processes at once start one", async () => {
  using data = tempData();
  useRuntime(data.paths, writeEntry(data.paths, "setTimeout(() => {}, 60000)"));
  const script = `import { dataPaths, startDaemon } from ${JSON.stringify(build)};
    startDaemon(dataPaths(${JSON.stringify(data.paths.root)}));`;
  const children = Array.from({ length: 20 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", script]),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  await expect.poll(() => starts(data.paths).length).toBeGreaterThan(0);
  const [first] = starts(data.paths);
  expect(starts(data.paths)).toHaveLength(1);
  expect(pidLockHolder(join(data.paths.root, "starter.pid"))).toBe(first?.pid);
  expect(startDaemon(data.paths)).toBe("starting");
  process.kill(first?.pid ?? 0, "SIGKILL");
});

test("one that dies at once is started again, but not at once", async () => {
  using data = tempData();
  useRuntime(data.paths, writeEntry(data.paths, ""));
  expect(startDaemon(data.paths)).toBe("started");
  await expect.poll(() => pidLockHolder(join(data.paths.root, "starter.pid"))).toBeNull();
  expect(startDaemon(data.paths)).toBe("starting");
  await expect.poll(() => startDaemon(data.paths), { timeout: 3_000 }).toBe("started");
});

test("a symlink to itself in the lock's place keeps no start back", () => {
  using data = tempData();
  useRuntime(data.paths, writeEntry(data.paths, ""));
  const lock = join(data.paths.root, "starter.pid");
  symlinkSync(lock, lock);
  // Older than the pause after a start that failed.
  lutimesSync(lock, 0, 0);
  expect(startDaemon(data.paths)).toBe("started");
});

test("without runtime.json the command on PATH is taken", async () => {
  using data = tempData();
  const entry = writeEntry(data.paths, "");
  const bin = join(dirname(data.paths.root), "bin");
  mkdirSync(bin);
  expect(startDaemon(data.paths, { PATH: bin })).toBe("unavailable");
  writeFileSync(join(bin, "duolog"), readFileSync(entry));
  chmodSync(join(bin, "duolog"), 0o755);
  expect(startDaemon(data.paths, { PATH: bin })).toBe("started");
  await expect.poll(() => starts(data.paths)).toHaveLength(1);
});

test.each([
  ["nothing to start", (_paths: DataPaths) => {}],
  [
    "an entry that is gone",
    (paths: DataPaths) => {
      ensureDataDir(paths);
      useRuntime(paths, "/gone.js");
    },
  ],
  ["a file in the directory's place", (paths: DataPaths) => writeFileSync(paths.root, "")],
])("is unavailable with %s", (_name, prepare) => {
  using data = tempData();
  prepare(data.paths);
  expect(startDaemon(data.paths, { PATH: "" })).toBe("unavailable");
});

test("a program that can't be run does not throw into the host, nor keep the lock", () => {
  using data = tempData();
  const entry = writeEntry(data.paths, "");
  const { socket } = data.paths;
  writeRuntime(data.paths, { node: data.paths.root, daemon: entry, version: "1", socket });
  expect(startDaemon(data.paths, {})).toBe("unavailable");
  expect(existsSync(join(data.paths.root, "starter.pid"))).toBe(false);
});

describe("which node is new enough", () => {
  test.each([
    ["v20.19.0", true],
    ["v22.1.0\n", true],
    ["v20.18.9", false],
    ["v18.20.0", false],
    ["", false],
  ])("%j: %s", (version, expected) => {
    expect(isRecentNode(version)).toBe(expected);
  });
});

test("the environment names the data directory even where the host's does not", () => {
  using data = tempData();
  expect(chosenEnv(data.paths, { NODE_OPTIONS: "--inspect", LC_ALL: "C" })).toEqual({
    LC_ALL: "C",
    DUOLOG_DATA_DIR: data.paths.root,
  });
});

test("a start that fails for the environment's size keeps no later one back", () => {
  using data = tempData();
  useRuntime(data.paths, writeEntry(data.paths, ""));
  const huge = { PATH: "/bin", DUOLOG_X: "x".repeat(200_000) };
  expect(startDaemon(data.paths, huge)).toBe("unavailable");
  expect(startDaemon(data.paths, { PATH: "/bin" })).toBe("started");
});
