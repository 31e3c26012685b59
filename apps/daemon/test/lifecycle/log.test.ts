import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorDetails, openLog } from "../../src/log/log.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "duolog-log-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("JSON lines, all of them in the file after close", async () => {
  const log = openLog(directory);
  for (let n = 0; n < 500; n++) log.info("event", { n });
  log.warn("refused", { reason: "no token" });
  await log.close();
  const lines = readFileSync(join(directory, "daemon.log"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(501);
  expect(JSON.parse(lines[499] ?? "")).toMatchObject({ level: 30, msg: "event", n: 499 });
  expect(JSON.parse(lines[500] ?? "")).toMatchObject({ level: 40, reason: "no token" });
});

test("files are bounded in number and size, and for their user alone", async () => {
  const log = openLog(directory);
  const filler = "x".repeat(100_000);
  // 30 MB, three times what may stay.
  for (let n = 0; n < 300; n++) {
    log.info("event", { filler });
    if (n % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await log.close();
  const files = readdirSync(directory).filter((name) => name.endsWith("daemon.log"));
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThanOrEqual(5);
  for (const file of files) {
    const { size, mode } = statSync(join(directory, file));
    expect(size).toBeLessThan(4_500_000);
    expect(mode & 0o077).toBe(0);
  }
});

test("of an error, nothing that may quote a text is told", () => {
  const error = Object.assign(new TypeError("could not store 'my secret diary'"), { code: "E1" });
  const details = errorDetails(error);
  expect(details).toMatchObject({ error: "TypeError", code: "E1" });
  expect(JSON.stringify(details)).not.toContain("diary");
});
