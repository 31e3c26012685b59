import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { notedStores, noteStores } from "../src/places/notedStores.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "duolog-noted-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const paths = () => dataPaths(root);
const file = () => join(root, "opencode-stores");
const note = (env: NodeJS.ProcessEnv) => noteStores(paths(), { HOME: "/home/ada", ...env });

test("each place is noted once, for the user alone", () => {
  for (let i = 0; i < 2; i++) {
    note({});
    note({ XDG_DATA_HOME: "/data" });
    note({ XDG_DATA_HOME: "/data", OPENCODE_DB: "mine.db" });
    note({ OPENCODE_DB: "/elsewhere/all.db" });
    note({ OPENCODE_DB: ":memory:" });
  }
  const noted = [
    "/home/ada/.local/share/opencode",
    "/data/opencode",
    "/data/opencode/mine.db",
    "/elsewhere/all.db",
  ];
  expect(readFileSync(file(), "utf8")).toBe(`${noted.join("\n")}\n`);
  expect(notedStores(paths())).toEqual(noted);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test("a last line without its end is one all the same", () => {
  writeFileSync(file(), "/torn");
  note({ XDG_DATA_HOME: "/data" });
  expect(notedStores(paths())).toEqual(["/torn", "/data/opencode"]);
});

test("what is no absolute path is not read, and a path of two lines not written", () => {
  writeFileSync(file(), `relative\n\n/a\0b\n/good\n/${"x".repeat(5_000)}\n/good\n`);
  note({ XDG_DATA_HOME: "/two\nlines" });
  expect(notedStores(paths())).toEqual(["/good"]);
});

test("a file of more places than anybody has is damaged, and begun anew", () => {
  writeFileSync(file(), Array.from({ length: 150 }, (_, i) => `/store-${i}\n`).join(""));
  note({ XDG_DATA_HOME: "/data" });
  expect(notedStores(paths())).toEqual(["/data/opencode"]);
});

test.each<[string, () => void]>([
  ["is a link", () => symlinkSync(join(root, "target"), file())],
  ["is a directory", () => mkdirSync(file())],
])("nothing is written where the file %s, and nothing thrown", (_what, make) => {
  make();
  note({});
  expect(notedStores(paths())).toEqual([]);
  expect(existsSync(join(root, "target"))).toBe(false);
});

test("nothing is written where there is no data directory, or one that is open to others", () => {
  chmodSync(root, 0o777);
  note({});
  expect(existsSync(file())).toBe(false);
  noteStores(dataPaths(join(root, "none")), { HOME: "/home/ada" });
  expect(existsSync(join(root, "none"))).toBe(false);
});
