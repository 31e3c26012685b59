import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../src/lifecycle/settings.ts";

const MIB = 1024 * 1024;

describe("config.json", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "duolog-settings-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (text: string) => writeFileSync(join(root, "config.json"), text, { mode: 0o600 });

  test("that is not there leaves what holds without it", () => {
    expect(readSettings(dataPaths(root))).toEqual({ keptBytes: MIB, problems: [] });
  });

  test.each([
    ["{}", MIB],
    ['{"outputs":"1m"}', MIB],
    ['{"outputs":"full"}', Number.POSITIVE_INFINITY],
    ['\uFEFF{"outputs":"none"}', 0],
    ['{\n  // all of it\n  "outputs": "full", /* for now */\n}\n', Number.POSITIVE_INFINITY],
  ])("%s", (text, keptBytes) => {
    write(text);
    expect(readSettings(dataPaths(root))).toEqual({ keptBytes, problems: [] });
  });

  test.each([
    ["", "holds no object"],
    ["[]", "holds no object"],
    ["null", "holds no object"],
    ["{", "holds no object"],
    ['{"outputs":"2m"}', "outputs: "],
    ['{"outputs":5}', "outputs: "],
    ['{"outputs":"toString"}', "outputs: "],
    ['{"output":"full"}', "output: no such setting"],
  ])("that is wrong is told and changes nothing: %j", (text, told) => {
    write(text);
    const { keptBytes, problems } = readSettings(dataPaths(root));
    expect(keptBytes).toBe(MIB);
    expect(problems).toEqual([expect.stringContaining(told)]);
  });

  test("what is right beside it holds", () => {
    write('{"outputs":"none","colour":1,"mcp":{"projects":"mine","exclude":["a",5]}}');
    expect(readSettings(dataPaths(root))).toEqual({
      keptBytes: 0,
      problems: expect.arrayContaining([
        "config.json: colour: no such setting",
        expect.stringContaining("mcp.projects: "),
        expect.stringContaining("mcp.exclude: "),
      ]),
    });
  });

  test("that is a link is not read, and told", () => {
    const elsewhere = join(root, "elsewhere.json");
    writeFileSync(elsewhere, '{"outputs":"none"}');
    symlinkSync(elsewhere, join(root, "config.json"));
    expect(readSettings(dataPaths(root))).toEqual({
      keptBytes: MIB,
      problems: [expect.stringContaining("symlink")],
    });
  });
});
