import { execFileSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { opencodePlaces } from "../../src/store/index.ts";
import { rowsOf, StoreDatabase, temporary, told } from "./storeOf.ts";

/** A database with one session, `ses_<name>`. */
function store(path: string, name: string): void {
  new StoreDatabase(path)
    .session(`ses_${name}`)
    .prompt(`ses_${name}`, `msg_${name}`, name)
    .db.close();
}

describe("in a data directory", () => {
  test("every channel's database is read", () => {
    using root = temporary();
    const names = ["opencode", "opencode-local", "opencode-next", "opencode-feature-x.y"];
    for (const name of names) store(join(root.path, `${name}.db`), name);
    const { parts, places, left } = told(root.path);
    expect(parts).toEqual(names.map((name) => `ses_${name}`).toSorted());
    expect(places).toEqual(["~", ...names.map((name) => `~/${name}.db`).toSorted()]);
    expect(left).toEqual([]);
  });

  test("a session that two of them have is one part, and both tell of it", () => {
    using root = temporary();
    store(join(root.path, "opencode.db"), "1");
    const other = new StoreDatabase(join(root.path, "opencode-dev.db"));
    other.session("ses_1").prompt("ses_1", "msg_2", "Said there").db.close();
    const { parts, records } = told(root.path);
    expect(parts).toEqual(["ses_1"]);
    expect(rowsOf(records, "message")).toEqual(["ses_1 msg_1: 1", "ses_1 msg_2: Said there"]);
  });

  test("copies that people make are told, and read where they are named", () => {
    using root = temporary();
    store(join(root.path, "opencode.db"), "1");
    for (const name of ["opencode.db.bak", "opencode-local.db.2026-03-01", "opencode.db-before"]) {
      store(join(root.path, name), name);
    }
    writeFileSync(join(root.path, "opencode.db.lock"), "4711\n");
    const reason = "a copy of a database, which is read only where it is named";
    expect(told(root.path)).toMatchObject({
      parts: ["ses_1"],
      left: [
        `~/opencode-local.db.2026-03-01: ${reason}`,
        `~/opencode.db-before: ${reason}`,
        `~/opencode.db.bak: ${reason}`,
      ],
    });
    expect(told(join(root.path, "opencode.db.bak")).parts).toEqual(["ses_opencode.db.bak"]);
  });

  test.each<[string, (path: string) => void, string]>([
    ["an empty file", (path) => writeFileSync(path, ""), "an empty file"],
    ["a text", (path) => writeFileSync(path, "hello\n"), "can't read it: not a SQLite database"],
    [
      "the beginning of one",
      (path) => writeFileSync(path, "SQLite format 3\0"),
      "a damaged database",
    ],
    ["a directory", (path) => mkdirSync(path), "not a file"],
    ["a link to nothing", (path) => symlinkSync("/nowhere/at/all.db", path), "there is no file"],
    [
      "another program's",
      foreign("CREATE TABLE session (id TEXT)"),
      "this is no database of OpenCode's: it has the tables session",
    ],
    [
      "none of a table's",
      foreign("CREATE TABLE note (id TEXT)"),
      "this is no database of OpenCode's: it has the tables note",
    ],
    [
      "one that lacks a column",
      foreign(
        "CREATE TABLE session (id, time_created, time_updated); CREATE TABLE part (id, data)",
      ),
      "this is no database of OpenCode's: it has the tables part, session",
    ],
  ])("%s in a database's place is told, and the others are read", (_what, make, reason) => {
    using root = temporary();
    make(join(root.path, "opencode.db"));
    store(join(root.path, "opencode-local.db"), "1");
    expect(told(root.path)).toMatchObject({ parts: ["ses_1"], left: [`~/opencode.db: ${reason}`] });
  });

  test("of a database with damaged pages what lies on others is read, and the rest told", () => {
    using root = temporary();
    const path = join(root.path, "opencode.db");
    const whole = new StoreDatabase(path, { mode: "DELETE" });
    whole.session("ses_1").session("ses_2").prompt("ses_2", "msg_whole", "Whole");
    for (let i = 0; i < 50; i++) whole.prompt("ses_1", `msg_${i}`, "x".repeat(20_000));
    whole.db.close();
    // Pages of content that name the next one: of some parts.
    const bytes = readFileSync(path);
    const pages = Array.from({ length: bytes.length / 4_096 }, (_, page) => page * 4_096);
    const chained = pages.filter(
      (at) =>
        bytes.readUInt32BE(at) > 0 && /^x+$/.test(bytes.toString("latin1", at + 4, at + 4_096)),
    );
    overwrite(
      path,
      chained.filter((_, i) => i % 40 === 0),
    );
    store(join(root.path, "opencode-local.db"), "3");
    const { parts, unreadable, left, records } = told(root.path);
    expect({ parts, left }).toEqual({ parts: ["ses_1", "ses_2", "ses_3"], left: [] });
    expect(unreadable.length).toBeGreaterThan(0);
    expect(new Set(unreadable)).toEqual(new Set(["a damaged database"]));
    const texts = rowsOf(records, "message").filter((row) => !row.endsWith(": null"));
    expect(texts).toContain("ses_2 msg_whole: Whole");
    expect(texts).toHaveLength(2 + 50 - unreadable.length);
  });

  test("a FIFO is not waited for", () => {
    using root = temporary();
    execFileSync("mkfifo", [join(root.path, "opencode.db")]);
    expect(told(root.path).left).toEqual(["~/opencode.db: not a file"]);
  });
});

function foreign(sql: string) {
  return (path: string) => {
    const db = new Database(path);
    db.exec(sql);
    db.close();
  };
}

function overwrite(path: string, offsets: number[]): void {
  const fd = openSync(path, "r+");
  for (const offset of offsets) writeSync(fd, Buffer.alloc(4_096, 0xff), 0, 4_096, offset);
  closeSync(fd);
}

describe("links", () => {
  test("to the data directory and to databases are followed, to one file once", () => {
    using root = temporary();
    const real = join(root.path, "disk", "opencode");
    mkdirSync(real, { recursive: true });
    store(join(real, "opencode.db"), "1");
    symlinkSync("opencode.db", join(real, "opencode-local.db"));
    linkSync(join(real, "opencode.db"), join(real, "opencode-hard.db"));
    symlinkSync(real, join(root.path, "opencode"));
    const { parts, places, left } = told(join(root.path, "opencode"), {
      places: [join(root.path, "opencode"), real, join(real, "opencode.db")],
    });
    expect(parts).toEqual(["ses_1"]);
    expect(places).toHaveLength(2);
    expect(left).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)("to another user's files are told", () => {
    using root = temporary();
    const theirs = join(root.path, "theirs.db");
    store(theirs, "1");
    chownSync(theirs, 12_345, 12_345);
    const directory = join(root.path, "opencode");
    mkdirSync(directory);
    symlinkSync(theirs, join(directory, "opencode.db"));
    expect(told(directory).left).toEqual(["~/opencode.db: a link to another user's files"]);
    expect(told(theirs).parts).toEqual(["ses_1"]);
  });
});

describe("the places of an environment", () => {
  const at = (root: string, env: NodeJS.ProcessEnv) =>
    opencodePlaces(dataPaths(join(root, "duolog")), { HOME: root, ...env }).map((place) =>
      place.replaceAll(root, "~"),
    );

  test.each<[string, NodeJS.ProcessEnv, string[]]>([
    ["nothing set", {}, ["~/.local/share/opencode"]],
    [
      "a database of its own",
      { OPENCODE_DB: "opencode-mine.db" },
      ["~/.local/share/opencode", "~/.local/share/opencode/opencode-mine.db"],
    ],
    [
      "one elsewhere, which is gone",
      { OPENCODE_DB: "/nowhere/at/all.db" },
      ["~/.local/share/opencode", "/nowhere/at/all.db"],
    ],
    ["one in memory", { OPENCODE_DB: ":memory:" }, ["~/.local/share/opencode"]],
    ["another data directory, which is not there", { XDG_DATA_HOME: "/nowhere" }, []],
  ])("with %s", (_what, env, places) => {
    using root = temporary();
    mkdirSync(join(root.path, ".local", "share", "opencode"), { recursive: true });
    expect(at(root.path, env)).toEqual(places);
  });

  test("a place that is named and not there is told", () => {
    using root = temporary();
    expect(told(join(root.path, "none.db")).left).toEqual(["~: there is no file"]);
  });

  test("those that the plugin noted are among them while they are there", () => {
    using root = temporary();
    const [here, gone] = [join(root.path, "odd", "opencode"), join(root.path, "gone")];
    mkdirSync(here, { recursive: true });
    mkdirSync(join(root.path, "duolog"));
    writeFileSync(
      join(root.path, "duolog", "opencode-stores"),
      `${gone}\n${here}\nrelative\n${here}`,
    );
    expect(at(root.path, {})).toEqual(["~/odd/opencode"]);
  });
});
