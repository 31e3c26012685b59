import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  countRejected,
  ensureDataDir,
  ensureToken,
  readRuntime,
  readToken,
  writeRejected,
  writeRuntime,
} from "../../src/local/index.ts";
import { tempData } from "./tempData.ts";

const runtime = { node: "/n/node", daemon: "/d/duolog.js", version: "1.2.3", socket: "/s/d.sock" };

describe("runtime.json", () => {
  test("reads back what was written, one key a line, 0600", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    writeRuntime(data.paths, { ...runtime, version: "old" });
    writeRuntime(data.paths, runtime);
    expect(readRuntime(data.paths)).toEqual(runtime);
    writeRuntime(data.paths, { ...runtime, cli: "/d/duolog.js" });
    expect(readRuntime(data.paths)).toEqual({ ...runtime, cli: "/d/duolog.js" });
    writeRuntime(data.paths, { ...runtime, cli: "duolog.js" });
    expect(readRuntime(data.paths)).toEqual(runtime);
    expect(readFileSync(data.paths.runtime, "utf8").split("\n")[1]).toBe('  "node": "/n/node",');
    expect(statSync(data.paths.runtime).mode & 0o777).toBe(0o600);
    expect(readdirSync(data.paths.root).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  test.each([
    ["nothing", null],
    ["half a file", '{"node": "/n/no'],
    ["another shape", "[1]"],
    ["a relative path", JSON.stringify({ ...runtime, daemon: "duolog.js" })],
    ["a missing key", JSON.stringify({ ...runtime, version: undefined })],
  ])("is null for %s", (_name, content) => {
    using data = tempData();
    ensureDataDir(data.paths);
    if (content !== null) writeFileSync(data.paths.runtime, content);
    expect(readRuntime(data.paths)).toBeNull();
  });
});

describe("token", () => {
  test("is made once, 32 bytes in hex, 0600", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    expect(readToken(data.paths)).toBeNull();
    const token = ensureToken(data.paths);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(ensureToken(data.paths)).toBe(token);
    expect(readToken(data.paths)).toBe(token);
    expect(statSync(data.paths.token).mode & 0o777).toBe(0o600);
  });

  test("is not read through a symlink", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    const planted = join(data.paths.root, "planted");
    writeFileSync(planted, "a".repeat(64));
    symlinkSync(planted, data.paths.token);
    expect(readToken(data.paths)).toBeNull();
    expect(() => ensureToken(data.paths)).toThrow(/token is a symlink/);
  });

  test("is refused when corrupt, with what to do", () => {
    using data = tempData();
    ensureDataDir(data.paths);
    writeFileSync(data.paths.token, "short");
    expect(readToken(data.paths)).toBeNull();
    expect(() => ensureToken(data.paths)).toThrow(/delete it/);
  });
});

describe("rejected", () => {
  const entry = { reason: "unknown shape", client: "c", record: { a: 1 }, at: 1 };

  test("keeps one file per content, whenever it came", () => {
    using data = tempData();
    expect(countRejected(data.paths)).toBe(0);
    writeRejected(data.paths, entry);
    writeRejected(data.paths, { ...entry, at: 2 });
    expect(countRejected(data.paths)).toBe(1);
    writeRejected(data.paths, { ...entry, record: { a: 2 } });
    expect(countRejected(data.paths)).toBe(2);
    const [name = ""] = readdirSync(data.paths.rejected);
    expect(statSync(join(data.paths.rejected, name)).mode & 0o777).toBe(0o600);
  });

  test("keeps what JSON can't hold as text", () => {
    using data = tempData();
    mkdirSync(data.paths.root);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    writeRejected(data.paths, { ...entry, record: cycle });
    const [name = ""] = readdirSync(data.paths.rejected);
    const kept = JSON.parse(readFileSync(join(data.paths.rejected, name), "utf8"));
    expect(kept).toEqual({ ...entry, record: "[object Object]" });
  });

  test("keeps nothing as nothing", () => {
    using data = tempData();
    mkdirSync(data.paths.root);
    expect(writeRejected(data.paths, { ...entry, record: undefined })).toBe(true);
    const [name = ""] = readdirSync(data.paths.rejected);
    const kept = JSON.parse(readFileSync(join(data.paths.rejected, name), "utf8"));
    expect(kept).toEqual({ ...entry, record: null });
  });

  test("keeps a record on a line of its own, of a size that goes by its own", () => {
    using data = tempData();
    mkdirSync(data.paths.root);
    const deep = JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);
    writeRejected(data.paths, { ...entry, record: deep });
    const [name = ""] = readdirSync(data.paths.rejected);
    const text = readFileSync(join(data.paths.rejected, name), "utf8");
    expect(text.split("\n")).toHaveLength(3);
    expect(text.length).toBeLessThan(4_200);
    expect(JSON.parse(text)).toEqual({ ...entry, record: deep });
  });
});
