import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeDaemonLock } from "../../src/lifecycle/daemonLock.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "duolog-lock-"));
  file = join(directory, "lock.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Another process that holds the lock, the way a daemon does. */
async function holder() {
  const libsql = createRequire(import.meta.url).resolve("libsql");
  const script = `const D = require(${JSON.stringify(libsql)});
    globalThis.db = new D(process.argv[1]); db.exec("BEGIN EXCLUSIVE");
    console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

test("one process at a time, and a killed one lets go", async () => {
  const child = await holder();
  expect(takeDaemonLock(file)).toBe(false);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  expect(takeDaemonLock(file)).toBe(true);
});

test("a damaged file is made anew", () => {
  writeFileSync(
    file,
    "no database at all, and longer than a header of SQLite's would be: ".repeat(20),
  );
  expect(takeDaemonLock(file)).toBe(true);
  expect(takeDaemonLock(file)).toBe(false);
});
