import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ensureDataDir,
  formatSpoolLine,
  isAlive,
  isOwnerAlive,
  listSegments,
  parseSegmentName,
  segmentName,
  startTicks,
} from "../../src/local/index.ts";
import { tempData } from "./tempData.ts";
import { wholeSegment } from "./wholeSegment.ts";

const entry = (id: string) => ({
  client: { name: "c", version: "1" },
  record: { kind: "session" as const, data: { id } },
});

test("a segment's name reads back", () => {
  expect(parseSegmentName(`/x/${segmentName(12, 345, 6)}`)).toEqual({
    pid: 12,
    startedAt: 345,
    n: 6,
  });
  for (const name of ["12-345.jsonl", "a-1-2.jsonl", "1-2-3.jsonl.tmp", "1--2-3.jsonl"]) {
    expect(parseSegmentName(name), name).toBeNull();
  }
});

test("segments are listed by number; other files, and what is no file, are left out", () => {
  using data = tempData();
  expect(listSegments(data.paths)).toEqual([]);
  ensureDataDir(data.paths);
  for (const name of ["7-1-10.jsonl", "7-1-9.jsonl", "notes.txt"]) {
    writeFileSync(join(data.paths.spool, name), "");
  }
  mkdirSync(join(data.paths.spool, "7-1-11.jsonl"));
  symlinkSync("7-1-10.jsonl", join(data.paths.spool, "7-1-12.jsonl"));
  execFileSync("mkfifo", [join(data.paths.spool, "7-1-13.jsonl")]);
  expect(listSegments(data.paths)).toEqual(
    ["7-1-9.jsonl", "7-1-10.jsonl"].map((name) => join(data.paths.spool, name)),
  );
});

describe("readSegment", () => {
  const good = formatSpoolLine(entry("ä\u2028"));
  test.each([
    ["empty", "", 0, []],
    ["whole", `${good}\n${good}\n`, 2, []],
    ["without its last line feed", `${good}\n${good}`, 2, []],
    ["torn at the end", `${good}\n${good.slice(0, 20)}`, 1, []],
    ["torn in the middle", `${good}\n{"client"\n${good}\n`, 2, ['{"client"']],
    ["of another shape", `{"client":{},"record":{}}\n${good}\n`, 1, ['{"client":{},"record":{}}']],
    ["with blank lines", `\n\n${good}\n\n`, 1, []],
  ])("%s", (_name, content, count, damaged) => {
    using data = tempData();
    ensureDataDir(data.paths);
    const file = join(data.paths.spool, "1-1-1.jsonl");
    writeFileSync(file, content);
    expect(wholeSegment(file)).toEqual({ records: Array(count).fill(entry("ä\u2028")), damaged });
  });

  test("one that can't be opened is told, not taken for empty", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    const file = join(data.paths.spool, "1-1-1.jsonl");
    expect(() => wholeSegment(file)).toThrow("ENOENT");
    symlinkSync("/etc/passwd", file);
    expect(() => wholeSegment(file)).toThrow("ELOOP");
  });

  test("a line longer than any record is told, and costs no memory", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    const file = join(data.paths.spool, "1-1-1.jsonl");
    writeFileSync(file, "");
    truncateSync(file, 400_000_000);
    appendFileSync(file, `\n${good}\n`);
    const before = process.memoryUsage().rss;
    expect(wholeSegment(file)).toEqual({ records: [entry("ä\u2028")], damaged: [null] });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });
});

describe("isOwnerAlive", () => {
  test("is false once the owner was killed", async () => {
    using data = tempData();
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    const pid = child.pid ?? 0;
    const file = join(data.paths.spool, segmentName(pid, startTicks(pid) ?? 0, 1));
    expect(isOwnerAlive(file)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isOwnerAlive(file)).toBe(false);
  });

  test.runIf(process.platform === "linux")("is false for an earlier process of this id", () => {
    const start = startTicks(process.pid) ?? 0;
    expect(isOwnerAlive(segmentName(process.pid, start, 1))).toBe(true);
    expect(isOwnerAlive(segmentName(process.pid, start - 1, 1))).toBe(false);
  });

  test("is false for a file from before the boot, where no start is known", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    const file = join(data.paths.spool, segmentName(process.pid, 0, 1));
    writeFileSync(file, "");
    expect(isOwnerAlive(file)).toBe(true);
    utimesSync(file, 1, 1);
    expect(isOwnerAlive(file)).toBe(false);
  });

  test.runIf(process.platform === "linux")("a zombie is dead", async () => {
    // The shell is replaced by a sleep that never reaps its child.
    const parent = spawn("sh", ["-c", 'sh -c "echo \\$\\$" & exec sleep 30']);
    const [line] = await once(parent.stdout, "data");
    const pid = Number(line);
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(process.kill(pid, 0)).toBe(true);
    parent.kill("SIGKILL");
  });
});
