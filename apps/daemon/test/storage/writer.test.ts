import { statSync, truncateSync, writeFileSync } from "node:fs";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { messageRow, sessionRow } from "../rows.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let database: string;

beforeEach(async () => {
  directory = temporary();
  database = directory.at("duolog.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
});
afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

const write = (id: string) =>
  storage.transaction((rows) => rows.write("session", [sessionRow({ id })]));

/** The sessions' ids as any other process sees them. */
function seen(): unknown[] {
  const db = new Database(database);
  try {
    return db
      .prepare("SELECT id FROM sessions ORDER BY rowid")
      .all()
      .map((row) => (row as { id: unknown }).id);
  } finally {
    db.close();
  }
}

test("what is written after another program's lock is committed", async () => {
  const other = new Database(database);
  other.exec("BEGIN IMMEDIATE");
  for (let n = 0; n < 3; n += 1) {
    await expect(write("early")).rejects.toMatchObject({ kind: "unavailable" });
  }
  other.exec("ROLLBACK");
  await write("late");
  expect(seen()).toEqual(["late"]);
  other.close();
});

test("what fails half-way leaves nothing, and what follows is committed", async () => {
  const half = storage.transaction((rows) => {
    rows.write("session", [sessionRow({ id: "half" })]);
    rows.write("message", [messageRow({ id: "m", sessionId: "nowhere" })]);
  });
  await expect(half).rejects.toMatchObject({ kind: "record" });
  await write("whole");
  expect(seen()).toEqual(["whole"]);
});

test("a lock met behind the transaction's beginning: the work is done again, on a connection of the same settings", async () => {
  let tries = 0;
  await storage.transaction((rows) => {
    rows.write("session", [sessionRow({ id: `try ${++tries}` })]);
    if (tries === 1) throw Object.assign(new Error("locked"), { rawCode: 5 });
  });
  expect(seen()).toEqual(["try 2"]);
  const orphan = storage.transaction((rows) =>
    rows.write("message", [messageRow({ id: "m", sessionId: "nowhere" })]),
  );
  await expect(orphan).rejects.toMatchObject({ kind: "record" });
});

test("what the work itself throws takes it back and is told as it is", async () => {
  const fault = new TypeError("a fault of ours");
  const work = storage.transaction((rows) => {
    rows.write("session", [sessionRow({ id: "s" })]);
    throw fault;
  });
  await expect(work).rejects.toBe(fault);
  expect(seen()).toEqual([]);
});

test("closed, the file is whole by itself: nothing is left in its WAL", async () => {
  await write("s");
  await storage.close();
  const [copy, source] = [new Database(directory.at("copy.db")), database.replaceAll("'", "''")];
  copy.exec(`ATTACH 'file:${source}?immutable=1' AS closed`);
  expect(copy.prepare("SELECT id FROM closed.sessions").all()).toMatchObject([{ id: "s" }]);
  copy.close();
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
});

test("what a read finds damaged is not written to any more", async () => {
  await storage.transaction((rows) => {
    const texts = Array.from({ length: 100 }, (_, i) => `m${i}`);
    rows.write("session", [sessionRow({ id: "s" })]);
    rows.write(
      "message",
      texts.map((id) => messageRow({ id, sessionId: "s", textContent: "x".repeat(2_000) })),
    );
  });
  await storage.close();
  const half = Math.floor(statSync(database).size / 8192) * 4096;
  truncateSync(database, half);
  writeFileSync(database, Buffer.alloc(half, 0xff), { flag: "a" });
  const losses: string[] = [];
  const onLost = (loss: string) => losses.push(loss);
  const options = { database, backups: directory.backups, migrations: MIGRATIONS, onLost };
  storage = await openStorage(options);
  await expect(storage.listRows("message", "s", 1_000, null, [])).rejects.toMatchObject({
    kind: "unavailable",
  });
  await expect(write("after")).rejects.toMatchObject({ kind: "unavailable" });
  expect(losses).toEqual(["damaged"]);
});
