import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../src/lifecycle/settings.ts";

const MIB = 1024 * 1024;

describe("settings.json", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "duolog-settings-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("that is not there leaves what holds without it", () => {
    expect(readSettings(dataPaths(root))).toEqual({ keptBytes: MIB, problem: null });
  });

  test.each([
    ["{}", MIB],
    ['{"outputs":"1m"}', MIB],
    ['{"outputs":"full"}', Number.POSITIVE_INFINITY],
    ['{"outputs":"none"}', 0],
    ['{"outputs":"none","other":1}', 0],
  ])("%s", (text, keptBytes) => {
    writeFileSync(join(root, "settings.json"), text, { mode: 0o600 });
    expect(readSettings(dataPaths(root))).toEqual({ keptBytes, problem: null });
  });

  test.each(["", "[]", "null", "{", '{"outputs":"2m"}', '{"outputs":5}', '{"outputs":"toString"}'])(
    "that is wrong is told and changes nothing: %j",
    (text) => {
      writeFileSync(join(root, "settings.json"), text, { mode: 0o600 });
      expect(readSettings(dataPaths(root))).toEqual({
        keptBytes: MIB,
        problem: expect.stringContaining("settings.json"),
      });
    },
  );
});
