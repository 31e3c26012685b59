import { lutimesSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { duologJson } from "../harness/command.ts";
import { newDataDir, TestDaemon } from "../harness/daemon.ts";

/** What `atomicWrite` and its like call a file until it is whole. */
const SUFFIX = "4711-0123456789ab.tmp";
const DIRECTORIES = ["", "forwarder-state", "rejected"];
/** Older than any process writes on a small file. */
const OLD_S = 2 * 3_600;

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function age(file: string): void {
  const then = Date.now() / 1_000 - OLD_S;
  lutimesSync(file, then, then);
}

/** Puts one there that is as old as a killed process's, or just made. */
function put(name: string, isOld: boolean): void {
  writeFileSync(join(dataDir, name), "half");
  if (isOld) age(join(dataDir, name));
}

const seen = (directory: string) => readdirSync(join(dataDir, directory));

test("a start removes what killed processes left half written, and nothing else", async () => {
  for (const name of ["forwarder-state", "rejected", "spool"]) mkdirSync(join(dataDir, name));
  for (const directory of DIRECTORIES) {
    put(join(directory, `old.json.${SUFFIX}`), true);
    put(join(directory, `young.json.${SUFFIX}`), false);
    for (const other of [`.${SUFFIX}`, SUFFIX, `a.${SUFFIX}.json`, "a.4711-0123456789a.tmp"]) {
      put(join(directory, other), true);
    }
    mkdirSync(join(dataDir, directory, `directory.${SUFFIX}`));
    symlinkSync("old", join(dataDir, directory, `link.${SUFFIX}`));
    for (const other of ["directory", "link"]) age(join(dataDir, directory, `${other}.${SUFFIX}`));
  }
  const kept = ["young.json", "directory", "link"].map((name) => `${name}.${SUFFIX}`);
  kept.push(`.${SUFFIX}`, SUFFIX, `a.${SUFFIX}.json`, "a.4711-0123456789a.tmp");
  await using _daemon = await TestDaemon.start(dataDir);
  for (const directory of DIRECTORIES) {
    expect(seen(directory)).toEqual(expect.arrayContaining(kept));
    expect(seen(directory)).not.toContain(`old.json.${SUFFIX}`);
  }
});

test("what is half written is no entry, no segment and no note", async () => {
  for (const name of ["inbox", "rejected", "spool"]) {
    mkdirSync(join(dataDir, name));
    put(join(name, `1-1-1.json.${SUFFIX}`), false);
    put(join(name, `1-1-1.jsonl.${SUFFIX}`), false);
  }
  await using _daemon = await TestDaemon.start(dataDir);
  expect(duologJson(dataDir, "status")).toMatchObject({
    rejected: 0,
    backlog: { notes: 0, spooledBytes: 0 },
  });
  expect(seen("spool")).toHaveLength(2);
});
