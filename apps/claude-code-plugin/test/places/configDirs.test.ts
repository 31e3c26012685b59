import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { afterAll, describe, expect, test } from "vitest";
import { configDirs } from "../../src/places/configDirs.ts";

const root = mkdtempSync(join(tmpdir(), "duolog-dirs-"));
afterAll(() => rmSync(root, { recursive: true }));

const USUAL = ["/h/.claude", "/h/.config/claude"];
const dirs = (env: Record<string, string>, write: (file: string) => void = () => {}) => {
  const data = mkdtempSync(join(root, "data-"));
  write(join(data, "claude-dirs"));
  return configDirs(dataPaths(data), { HOME: "/h", ...env });
};

describe("the agent's own directories", () => {
  test.each<[string, (file: string) => void, string[]]>([
    ["there is no list of hooks'", () => {}, []],
    ["the list is whole", (file) => writeFileSync(file, "/one\n/two\n/one\n"), ["/one", "/two"]],
    [
      "a line of it is a list itself",
      (file) => writeFileSync(file, "/one,/two\n"),
      ["/one,/two", "/one", "/two"],
    ],
    [
      "lines are no paths",
      (file) => writeFileSync(file, `x\0\n/a\0b\nrelative\n/${"x".repeat(5_000)}\n/one\n`),
      ["/one"],
    ],
    ["the list is a directory", (file) => mkdirSync(file), []],
    ["the list is a symlink", (file) => symlinkSync("/etc/passwd", file), []],
    ["the list is longer than any", (file) => writeFileSync(file, "/one\n".repeat(1e6)), ["/one"]],
  ])("where %s", (_where, write, more) => {
    expect(dirs({ CLAUDE_CONFIG_DIR: "/c" }, write)).toEqual(["/c", ...USUAL, ...more]);
  });

  test.each<[string, string, string[]]>([
    ["one", "/c", ["/c"]],
    ["none", "", []],
    ["several by commas", "/c, /d,,/e", ["/c", "/d", "/e"]],
    ["several by colons", "/c:/d", ["/c", "/d"]],
    ["by both", "/c,/d:/e", ["/c", "/d", "/e"]],
    ["below the home, which no shell has expanded", "~/.claude-work,~", ["/h/.claude-work", "/h"]],
  ])("CLAUDE_CONFIG_DIR names %s", (_what, told, named) => {
    const found = dirs({ CLAUDE_CONFIG_DIR: told }).filter((dir) => !USUAL.includes(dir));
    expect(found.filter((dir) => !/[,:]/.test(dir))).toEqual(named);
  });

  test.each(["work, and more", "a:b", "x,y:z"])("one is called %s", (name) => {
    const own = join(root, name);
    mkdirSync(own);
    expect(dirs({ CLAUDE_CONFIG_DIR: own })).toEqual([own, ...USUAL]);
  });

  test("XDG_CONFIG_HOME's, and none for a user without a home", () => {
    expect(dirs({ XDG_CONFIG_HOME: "/x" })).toEqual([...USUAL, "/x/claude"]);
    expect(dirs({ XDG_CONFIG_HOME: "x", HOME: "" })).toEqual([]);
  });
});
