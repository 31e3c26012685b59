import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logTo } from "../../src/forwarder/log.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "duolog-log-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a line an event, in a file of 0600; the older half goes on with `.1`", () => {
  const file = join(directory, "forwarder.log");
  for (let n = 0; n < 4_000; n++) logTo(file, "event", { n, padding: "x".repeat(100) });
  const lines = [`${file}.1`, file].flatMap((name) =>
    readFileSync(name, "utf8").trim().split("\n"),
  );
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ event: "event", n: 3_999 });
  expect(readFileSync(file).length).toBeLessThan(257 * 1024);
});

// Blocks for good where it waits for a reader.
test("waits for no reader of a FIFO and follows no symlink", () => {
  const fifo = join(directory, "fifo.log");
  execFileSync("mkfifo", [fifo]);
  logTo(fifo, "event");
  const victim = join(directory, "victim");
  writeFileSync(victim, "whole");
  symlinkSync(victim, join(directory, "link.log"));
  logTo(join(directory, "link.log"), "event");
  expect(readFileSync(victim, "utf8")).toBe("whole");
});
