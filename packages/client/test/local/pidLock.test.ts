import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { acquirePidLock, pidLockHolder, startTicks } from "../../src/local/index.ts";
import { tempData } from "./tempData.ts";

const build = new URL("../../dist/local/index.js", import.meta.url).href;

function lockFile(root: string): string {
  mkdirSync(root);
  return join(root, "x.pid");
}

test("one holder at a time; free again after release", () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  const lock = acquirePidLock(file);
  expect(lock).not.toBeNull();
  expect(readFileSync(file, "utf8").split("\n")[0]).toBe(String(process.pid));
  expect(acquirePidLock(file)).toBeNull();
  lock?.release();
  lock?.release();
  expect(pidLockHolder(file)).toBeNull();
  expect(acquirePidLock(file)).not.toBeNull();
});

test.each([
  ["a dead pid", "999999999\n\n"],
  ["an empty file", ""],
  ["garbage", "what\never"],
  ["a living process without its start", `${process.ppid}\n`],
  ["an earlier process of this pid", `${process.pid}\n${(startTicks(process.pid) ?? 2) - 1}\n`],
])("is taken over from %s", (name, content) => {
  if (/start|earlier/.test(name) && startTicks(process.pid) === null) return;
  using data = tempData();
  const file = lockFile(data.paths.root);
  writeFileSync(file, content);
  expect(acquirePidLock(file)).not.toBeNull();
  expect(pidLockHolder(file)).toBe(process.pid);
});

test("is taken over in a copy of the directory, where its holder lives", () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  const other = statSync(data.paths.root).ino + 1;
  writeFileSync(file, `${process.ppid}\n${startTicks(process.ppid) ?? ""}\n${other}\n`);
  expect(pidLockHolder(file)).toBeNull();
  expect(acquirePidLock(file)).not.toBeNull();
});

test("a release leaves another's lock alone", () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  const lock = acquirePidLock(file);
  const others = `${process.ppid}\n${startTicks(process.ppid) ?? ""}\n`;
  writeFileSync(file, others);
  lock?.release();
  expect(readFileSync(file, "utf8")).toBe(others);
});

test("is taken over where a process died in the middle of taking it over", () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  for (const name of [file, `${file}.taking`]) writeFileSync(name, "999999999\n\n");
  expect(acquirePidLock(file)).not.toBeNull();
  expect(readdirSync(data.paths.root)).toEqual([basename(file)]);
});

test("a lock that can't be read for want of descriptors is not taken for nobody's", () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  acquirePidLock(file);
  const script = `import { openSync } from "node:fs";
    import { pidLockHolder } from ${JSON.stringify(build)};
    try { for (;;) openSync(${JSON.stringify(file)}, "r"); } catch {}
    try { process.exitCode = pidLockHolder(${JSON.stringify(file)}) === null ? 3 : 4; }
    catch (error) { process.exitCode = error.code === "EMFILE" ? 0 : 5; }`;
  const limited = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"';
  const { status } = spawnSync("sh", ["-c", limited, process.execPath, script]);
  expect(status).toBe(0);
});

test("passes to another process and is free when that one dies", async () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  acquirePidLock(file)?.handTo(child.pid ?? 0);
  expect(pidLockHolder(file)).toBe(child.pid);
  expect(acquirePidLock(file)).toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(acquirePidLock(file)).not.toBeNull();
});

test("of twelve processes at once one gets it, over a stale holder too", async () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  writeFileSync(file, "999999999\n\n");
  const script = `import { acquirePidLock } from ${JSON.stringify(build)};
    const got = acquirePidLock(${JSON.stringify(file)}) !== null;
    process.stdout.write(got ? "1" : "0");
    process.stdin.resume();`;
  const children = Array.from({ length: 12 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", script]),
  );
  const answers = await Promise.all(
    children.map(async (child) => String((await once(child.stdout, "data"))[0])),
  );
  for (const child of children) child.kill("SIGKILL");
  expect(answers.filter((answer) => answer === "1")).toHaveLength(1);
});

test("six processes that take it and let go in turns all get it, and leave it free", async () => {
  using data = tempData();
  const file = lockFile(data.paths.root);
  const script = `import { acquirePidLock } from ${JSON.stringify(build)};
    const end = performance.now() + 10_000;
    for (let got = 0; got < 200; ) {
      if (performance.now() > end) process.exit(3);
      const lock = acquirePidLock(${JSON.stringify(file)});
      lock?.release();
      if (lock) got += 1;
    }`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
  expect(codes).toEqual(Array(6).fill(0));
  expect(pidLockHolder(file)).toBeNull();
}, 20_000);
