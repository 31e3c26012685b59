import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Found } from "@duolog/contract";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { openHistory } from "../../src/store/index.ts";
import { NOW, readPart, rowsOf, StoreDatabase, snapshot, temporary, told } from "./storeOf.ts";

/** A store whose last prompt is in the WAL alone, as long as its OpenCode runs. */
function running(directory: string): StoreDatabase {
  mkdirSync(directory);
  const store = new StoreDatabase(join(directory, "opencode.db"));
  store.session("ses_1").prompt("ses_1", "msg_1", "In the file");
  store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return store.prompt("ses_1", "msg_2", "In the WAL");
}

const BOTH = ["ses_1 msg_1: In the file", "ses_1 msg_2: In the WAL"];

/** Makes a directory of the store's files from that of a running OpenCode. */
const STATES: [string, (live: string, directory: string, store: StoreDatabase) => void][] = [
  [
    "that ended well",
    (live, directory, store) => {
      store.db.close();
      cpSync(live, directory, { recursive: true });
    },
  ],
  ["that was killed", (live, directory) => cpSync(live, directory, { recursive: true })],
  [
    "that was killed, whose index of the WAL is of another's",
    (live, directory) => {
      cpSync(live, directory, { recursive: true });
      writeFileSync(join(directory, "opencode.db-shm"), Buffer.alloc(32_768, 7));
    },
  ],
  [
    "that was killed, of whose index nothing is written",
    (live, directory) => {
      cpSync(live, directory, { recursive: true });
      truncateSync(join(directory, "opencode.db-shm"));
    },
  ],
  [
    "that left an empty WAL",
    (live, directory, store) => {
      store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      cpSync(live, directory, { recursive: true });
    },
  ],
  [
    "that left an empty WAL without an index",
    (live, directory, store) => {
      store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      cpSync(live, directory, { recursive: true });
      rmSync(join(directory, "opencode.db-shm"));
    },
  ],
  [
    "on a file system without WAL",
    (live, directory, store) => {
      mkdirSync(directory);
      store.db.prepare("VACUUM INTO ?").run(join(directory, "opencode.db"));
      expect(live).not.toBe(directory);
    },
  ],
];

test.each(STATES)(
  "the store of an OpenCode %s is read where it lies and stays as it is",
  (_what, make) => {
    using root = temporary();
    const live = join(root.path, "live");
    const directory = join(root.path, "opencode");
    using store = running(live);
    make(live, directory, store);
    const before = snapshot(directory);
    const { records, left, unreadable } = told(directory);
    expect(rowsOf(records, "message")).toEqual(BOTH);
    expect([...left, ...unreadable]).toEqual([]);
    expect(snapshot(directory)).toEqual(before);
  },
);

/** Another process that has the database open while `use` runs, after the statements. */
async function whileOpen(database: string, statements: string, use: () => void): Promise<void> {
  const script = `
    const db = new (require("libsql"))(process.argv[1]);
    db.exec(process.argv[2]);
    require("node:fs").writeFileSync(process.argv[1] + ".open", "");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script, database, statements], { stdio: "inherit" });
  try {
    await vi.waitFor(() => expect(existsSync(`${database}.open`)).toBe(true), 10_000);
    rmSync(`${database}.open`);
    use();
  } finally {
    child.kill("SIGKILL");
  }
}

test("the store of a running OpenCode stays as it is too, its own mark of who reads included", async () => {
  using root = temporary();
  const live = join(root.path, "live");
  running(live).db.close();
  const path = join(live, "opencode.db");
  await whileOpen(path, "UPDATE part SET time_updated = time_updated + 1", () => {
    const before = snapshot(live);
    expect(Object.keys(before)).toContain("opencode.db-wal");
    expect(rowsOf(told(live).records, "message")).toEqual(BOTH);
    expect(snapshot(live)).toEqual(before);
  });
});

test.each([
  [
    "a lock on the file",
    "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE",
    "locked by another program",
  ],
  [
    "an index of the WAL in memory",
    "PRAGMA locking_mode = EXCLUSIVE; UPDATE part SET data = data",
    null,
  ],
])(
  "a program with %s does not stop the reading of other stores",
  async (_what, statements, reason) => {
    using root = temporary();
    const scratch = join(root.path, "scratch");
    mkdirSync(scratch);
    const live = join(root.path, "opencode");
    running(live).db.close();
    const other = new StoreDatabase(join(live, "opencode-other.db"));
    other.session("ses_2").prompt("ses_2", "msg_3", "Elsewhere").db.close();
    await whileOpen(join(live, "opencode.db"), statements, () => {
      const { records, left } = told(live, { scratch });
      const messages = reason ? ["ses_2 msg_3: Elsewhere"] : [...BOTH, "ses_2 msg_3: Elsewhere"];
      expect(rowsOf(records, "message")).toEqual(messages);
      expect(left).toEqual(reason ? [`~/opencode.db: ${reason}`] : []);
    });
  },
);

const WRITES_BESIDE: [string, (live: string, directory: string) => void][] = [
  [
    "a WAL without its index",
    (live, directory) => {
      cpSync(live, directory, { recursive: true });
      rmSync(join(directory, "opencode.db-shm"));
    },
  ],
  [
    "a journal to roll back",
    (_live, directory) => {
      const scene = `${directory}-scene`;
      mkdirSync(scene);
      using store = new StoreDatabase(join(scene, "opencode.db"), { mode: "DELETE" });
      store
        .session("ses_1")
        .prompt("ses_1", "msg_1", "In the file")
        .prompt("ses_1", "msg_2", "In the WAL");
      store.db.exec("PRAGMA cache_size = 1; BEGIN; UPDATE session SET title = 'Not committed'");
      for (let i = 0; i < 200; i++) store.prompt("ses_1", `msg_x${i}`, "x".repeat(1_000));
      cpSync(scene, directory, { recursive: true });
      store.db.exec("ROLLBACK");
    },
  ],
];

test.each(WRITES_BESIDE)(
  "with %s, SQLite would write: a copy is read, or it is told",
  (_what, make) => {
    using root = temporary();
    const live = join(root.path, "live");
    const directory = join(root.path, "opencode");
    const scratch = join(root.path, "scratch");
    mkdirSync(scratch);
    mkdirSync(join(scratch, "import-4194999-dead"));
    using _store = running(live);
    make(live, directory);
    const before = snapshot(directory);
    const { records, left } = told(directory, { scratch });
    expect(rowsOf(records, "message")).toEqual(BOTH);
    expect(rowsOf(records, "session")).toEqual(["ses_1: Title of ses_1"]);
    expect(left).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
    expect(told(directory)).toMatchObject({
      parts: [],
      left: ["~/opencode.db: SQLite would write beside it: copy it elsewhere"],
    });
    expect(snapshot(directory)).toEqual(before);
  },
);

test("an OpenCode that writes never waits, and what it has not committed is not read", () => {
  using root = temporary();
  using store = running(join(root.path, "live"));
  for (let i = 0; i < 600; i++) store.prompt("ses_1", `msg_more${i}`, "More");
  store.db.exec("BEGIN IMMEDIATE");
  store.prompt("ses_1", "msg_3", "Not committed");
  const history = openHistory({ places: [store.path], now: NOW });
  const found: Found[] = [];
  for (const piece of history.parts[0]?.read() ?? []) {
    // In the middle of the reading: it commits, and moves all of the WAL into the file.
    if (found.push(piece) !== 5) continue;
    store.db.exec("COMMIT");
    store.prompt("ses_1", "msg_4", "Later");
    const checkpoint = store.db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    expect(checkpoint).toMatchObject({ busy: 0, log: 0 });
  }
  const messages = rowsOf(
    found.flatMap(({ records }) => records),
    "message",
  );
  expect(messages).toHaveLength(602);
  expect(messages.join()).not.toMatch(/Not committed|Later/);
  history.close();
});

test("what an OpenCode writes that starts between two sessions is read", () => {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  const first = new StoreDatabase(path);
  first.session("ses_1").prompt("ses_1", "msg_1", "One");
  first.session("ses_2").prompt("ses_2", "msg_2", "Two");
  first.db.close();
  const history = openHistory({ places: [path], now: NOW });
  const [one, two] = history.parts;
  expect(
    rowsOf(
      readPart(one!).flatMap(({ records }) => records),
      "message",
    ),
  ).toHaveLength(1);
  const later = new Database(path);
  later.exec("UPDATE part SET data = json_set(data, '$.text', 'Two, edited')");
  later.exec(`INSERT INTO session SELECT 'ses_3' || value, project_id, parent_id, slug, directory,
    title, version, cost, 0, 0, 0, 0, 0, model, time_created, time_updated, NULL
    FROM session, json_each('[1,2,3,4]') WHERE session.id = 'ses_1'`);
  later.close();
  const records = readPart(two!).flatMap((found) => found.records);
  expect(rowsOf(records, "message")).toEqual(["ses_2 msg_2: Two, edited"]);
  history.close();
});

test("a database without indexes is read from a copy that has them once it is large", () => {
  using root = temporary();
  const scratch = join(root.path, "scratch");
  mkdirSync(scratch);
  using store = new StoreDatabase(join(root.path, "opencode.db"), { mode: "DELETE", indexes: "" });
  store.session("ses_1");
  for (let i = 0; i < 20; i++) store.prompt("ses_1", `msg_${i}`, "x".repeat(100_000));
  const history = openHistory({ places: [store.path], scratch, now: NOW });
  const found = history.parts.flatMap(readPart);
  expect(readdirSync(scratch)).toHaveLength(1);
  history.close();
  expect(readdirSync(scratch)).toEqual([]);
  expect(
    rowsOf(
      found.flatMap(({ records }) => records),
      "message",
    ),
  ).toHaveLength(20);
  expect(told(store.path).records).toEqual(found.flatMap(({ records }) => records));
});

test("a link to a database is read with the WAL that lies beside its target", () => {
  using root = temporary();
  using _store = running(join(root.path, "live"));
  const directory = join(root.path, "opencode");
  mkdirSync(directory);
  symlinkSync(join(root.path, "live", "opencode.db"), join(directory, "opencode.db"));
  expect(rowsOf(told(directory).records, "message")).toEqual(BOTH);
  expect(readdirSync(directory)).toEqual(["opencode.db"]);
});
