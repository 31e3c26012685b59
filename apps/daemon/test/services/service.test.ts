import { type IngestRecord, type ItemResult, type Kind, mapKinds, Source } from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createReadService } from "../../src/services/readService.ts";
import { createRecordService, type RecordService } from "../../src/services/recordService.ts";
import type { Rows } from "../../src/storage/record/rows.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import type { StorageError } from "../../src/storage/storageError.ts";
import { T } from "../rows.ts";
import { eachAlone } from "../storage/eachAlone.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let database: string;
let failures: StorageError[];

beforeEach(async () => {
  directory = temporary();
  database = directory.at("duolog.db");
  failures = [];
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
});

afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

function service(over: Partial<Storage> = {}): Promise<RecordService> {
  return createRecordService({
    storage: { ...storage, ...over },
    now: () => T,
    onFailure: (error) => failures.push(error),
  });
}

const session = (id: string, more: object = {}): IngestRecord => ({
  kind: "session",
  data: { id, ...more },
});
const message = (sessionId: string, id: string, more: object = {}): IngestRecord => ({
  kind: "message",
  data: { id, sessionId, ...more },
});
const STORED: ItemResult = { ok: true, changed: true, added: true };
const REPEATED: ItemResult = { ok: true, changed: false };

const NONE = mapKinds(() => 0);

/** Counts the batches that write a table, and the commits. */
function counting() {
  const batches = mapKinds(() => 0);
  const commits = { count: 0 };
  const counted = (rows: Rows): Rows => ({
    ...rows,
    write(kind, changed) {
      batches[kind as Kind]++;
      rows.write(kind, changed);
    },
  });
  const over: Partial<Storage> = {
    transaction(work) {
      commits.count++;
      return storage.transaction((rows) => work(counted(rows)));
    },
  };
  return { batches, commits, over };
}

test("answers stand in the order of the records, a repeat within the batch is one", async () => {
  const recorder = await service();
  const records = [
    message("s", "m", { role: "user", textContent: "hi" }),
    session("s", { title: "T" }),
    message("s", "m", { role: "assistant" }),
    message("s", "m", { role: "user", textContent: "hi" }),
  ];
  const results = await recorder.ingest(records, null);
  expect(results).toEqual([
    STORED,
    STORED,
    { ok: false, error: expect.objectContaining({ code: "CONFLICT", field: "role" }) },
    REPEATED,
  ]);
});

test("M1: a refused record changes nothing, and the refusal names the field", async () => {
  const recorder = await service();
  await recorder.ingest([session("s", { source: Source.opencode, model: "m" })], null);
  const [before] = await eachAlone(storage).read("session", [["s"]]);
  const [result] = await recorder.ingest(
    [session("s", { source: Source.claude_code, model: "other" })],
    null,
  );
  expect(result).toEqual({
    ok: false,
    error: { code: "CONFLICT", field: "source", message: expect.stringMatching(/^source: /) },
  });
  expect(await eachAlone(storage).read("session", [["s"]])).toEqual([before]);
});

test("M5: an exact repeat writes nothing", async () => {
  const { over, batches } = counting();
  const recorder = await service(over);
  const records = [session("s", { cost: 0.30000000000000004 }), message("s", "m")];
  expect(await recorder.ingest(records, null)).toEqual([STORED, STORED]);
  expect(await recorder.ingest(records, null)).toEqual([REPEATED, REPEATED]);
  expect(batches).toEqual({ ...NONE, session: 1, message: 1 });
});

test("M7: the session of a message that comes first is made, and filled later", async () => {
  const recorder = await service();
  await recorder.ingest([message("s", "m", { createdAt: T })], null);
  const [blank] = await eachAlone(storage).read("session", [["s"]]);
  expect(blank).toMatchObject({ id: "s", title: null, createdAt: null, updatedAt: null });
  await recorder.ingest([session("s", { title: "T", createdAt: T - 5 })], null);
  const [filled] = await eachAlone(storage).read("session", [["s"]]);
  expect(filled).toMatchObject({ title: "T", createdAt: T - 5 });
});

test("a call of no records holds up none", async () => {
  const recorder = await service();
  expect(await recorder.ingest([], null)).toEqual([]);
  expect(await recorder.ingest([session("s")], null)).toEqual([STORED]);
});

test("calls that come together share a batch", async () => {
  const { over, batches, commits } = counting();
  const recorder = await service(over);
  const calls = Array.from({ length: 100 }, (_, i) =>
    recorder.ingest([message("s", `m${i}`)], null),
  );
  const results = (await Promise.all(calls)).flat();
  expect(results).toHaveLength(100);
  expect(results.every((result) => result.ok && result.changed)).toBe(true);
  expect(batches).toEqual({ ...NONE, session: 1, message: 1 });
  expect(commits.count).toBe(1);
});

test("batch and commit are bounded: 1,200 records take twelve and three", async () => {
  const { over, batches, commits } = counting();
  const recorder = await service(over);
  const calls = Array.from({ length: 1_200 }, (_, i) =>
    recorder.ingest([message("s", `m${i}`)], null),
  );
  await Promise.all(calls);
  expect(batches).toEqual({ ...NONE, session: 1, message: 12 });
  expect(commits.count).toBe(3);
});

test("a call of more records than a batch holds is answered in order, once all is stored", async () => {
  const { over, batches, commits } = counting();
  const recorder = await service(over);
  const records = Array.from({ length: 250 }, (_, i) => message("s", `m${i % 249}`));
  const results = await recorder.ingest(records, null);
  expect(results).toEqual([...Array(249).fill(STORED), REPEATED]);
  expect(batches).toEqual({ ...NONE, session: 1, message: 3 });
  expect(commits.count).toBe(1);
});

test("between the batches of a commit others have their turn, and read nothing of it", async () => {
  const recorder = await service();
  const records = Array.from({ length: 400 }, (_, i) => message("s", `m${i}`));
  let isStored = false;
  const written = recorder.ingest(records, null).then(() => {
    isStored = true;
  });
  const seen: number[] = [];
  while (!isStored) {
    const found = await storage.getSession("s");
    if (!isStored) seen.push(found === null ? 0 : 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await written;
  expect(seen.length).toBeGreaterThan(2);
  // The last one may be of the commit itself, whose answer follows.
  expect(seen.slice(0, -1)).toEqual(seen.slice(1).fill(0));
});

test("changes are numbered on, also after a restart", async () => {
  const first = await service();
  await first.ingest([session("s"), message("s", "m1")], null);
  const second = await service();
  await second.ingest([message("s", "m2"), session("s", { title: "T" })], null);
  const db = new Database(database);
  const numbers = db
    .prepare(
      "SELECT id, changed_seq AS n FROM sessions UNION ALL SELECT id, changed_seq FROM messages ORDER BY 2",
    )
    .all();
  db.close();
  expect(numbers).toMatchObject([
    { id: "m1", n: 2 },
    { id: "s", n: 3 },
    { id: "m2", n: 4 },
  ]);
});

test("the source of the connection is taken where none is declared, and marked (M1)", async () => {
  const recorder = await service();
  await recorder.ingest([session("s"), session("d", { source: Source.opencode })], Source.opencode);
  expect(await eachAlone(storage).read("session", [["s"], ["d"]])).toMatchObject([
    { source: "opencode", sourceInferred: true },
    { source: "opencode", sourceInferred: false },
  ]);
});

describe("when the database fails", () => {
  test("a record that SQLite refuses is refused for good, and spoils no other", async () => {
    const recorder = await service();
    const bad = session("bad", { status: "dancing" });
    const records = [session("a"), session("b"), bad, session("c"), message("c", "m")];
    const results = await recorder.ingest(records, null);
    expect(results).toEqual([
      STORED,
      STORED,
      { ok: false, error: expect.objectContaining({ code: "INVALID" }) },
      STORED,
      STORED,
    ]);
    expect(await eachAlone(storage).read("session", [["a"], ["b"], ["bad"], ["c"]])).toHaveLength(
      3,
    );
  });

  test("one of several batches of a commit neither", async () => {
    const recorder = await service();
    const records = Array.from({ length: 350 }, (_, i) =>
      session(`s${i}`, i === 150 ? { status: "dancing" } : {}),
    );
    const results = await recorder.ingest(records, null);
    expect(results.findIndex(({ ok }) => !ok)).toBe(150);
    expect(results.filter(({ ok }) => ok)).toHaveLength(349);
    const { sessions } = await storage.totals();
    expect(sessions).toBe(349);
    expect(recorder.lastChange()).toBe(await storage.lastChange());
  });

  test("a transaction that is tried again loses no batch that it had begun with", async () => {
    let tries = 0;
    const recorder = await service({
      transaction: (work) =>
        storage.transaction(async (rows) => {
          const done = await work(rows);
          if (++tries === 1) throw Object.assign(new Error("locked"), { rawCode: 5 });
          return done;
        }),
    });
    const records = Array.from({ length: 350 }, (_, i) => session(`s${i}`));
    expect(await recorder.ingest(records, null)).toEqual(records.map(() => STORED));
    expect([tries, (await storage.totals()).sessions]).toEqual([2, 350]);
  });

  test("nothing is acknowledged that was not committed, and the next call may succeed", async () => {
    const recorder = await service();
    const other = new Database(database);
    other.exec("BEGIN IMMEDIATE");
    const [refused] = await recorder.ingest([session("s")], null);
    expect(refused).toEqual({
      ok: false,
      error: expect.objectContaining({ code: "UNAVAILABLE", field: null }),
    });
    other.exec("ROLLBACK");
    other.close();
    expect(failures).toMatchObject([{ kind: "unavailable" }]);
    expect(await recorder.ingest([session("s")], null)).toEqual([STORED]);
  });
});

test("a stop answers what was accepted and refuses what comes later", async () => {
  const recorder = await service();
  const accepted = recorder.ingest([session("s")], null);
  await recorder.stop();
  expect(await accepted).toEqual([STORED]);
  expect(await recorder.ingest([session("t")], null)).toEqual([
    { ok: false, error: expect.objectContaining({ code: "UNAVAILABLE" }) },
  ]);
});

describe("pages", () => {
  /** All ids, page by page of `limit`. */
  async function pageThrough<T extends { id: string }>(
    read: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>,
  ): Promise<string[][]> {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await read(cursor);
      pages.push(page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return pages;
  }

  test("sessions, newest first, those without a time last", async () => {
    const recorder = await service();
    const at = (id: string, ms: number) => session(id, { updatedAt: T + ms });
    await recorder.ingest(
      [at("a", 1), at("b", 2), at("c", 2), at("d", 3), message("e", "m"), message("f", "m")],
      null,
    );
    const reader = createReadService(storage);
    const read = (limit: number) => (cursor?: string) => reader.listSessions({ limit, cursor });
    expect(await pageThrough(read(2))).toEqual([
      ["d", "c"],
      ["b", "a"],
      ["f", "e"],
    ]);
    expect(await pageThrough(read(5))).toEqual([["d", "c", "b", "a", "f"], ["e"]]);
  });

  test("sessions of one source", async () => {
    const recorder = await service();
    const records = [session("a", { source: Source.opencode }), session("b")];
    await recorder.ingest(records, null);
    const { items } = await createReadService(storage).listSessions({
      limit: 10,
      source: Source.opencode,
    });
    expect(items.map(({ id }) => id)).toEqual(["a"]);
  });

  test("messages, oldest first, in the order recorded where times are equal", async () => {
    const recorder = await service();
    const at = (id: string, createdAt: number | null) => message("s", id, { createdAt });
    await recorder.ingest(
      [at("late", T + 9), at("z", T), at("a", T), at("none1", null), at("none2", null)],
      null,
    );
    const reader = createReadService(storage);
    const read = (limit: number) => (cursor?: string) =>
      reader.listRows("message", { sessionId: "s", limit, cursor });
    const order = ["none1", "none2", "z", "a", "late"];
    for (const limit of [1, 2, 3, 5, 10]) {
      expect((await pageThrough(read(limit))).flat()).toEqual(order);
    }
  });

  test.each(["", "x", "bm90IGpzb24", Buffer.from('["1","2"]').toString("base64url")])(
    "a cursor that is none of ours is refused: %j",
    async (cursor) => {
      const list = createReadService(storage).listSessions({ limit: 1, cursor });
      await expect(list).rejects.toMatchObject({ refusal: { code: "INVALID", field: "cursor" } });
    },
  );

  test("a session tells how many messages it has, and whether it has ended (M5)", async () => {
    const recorder = await service();
    await recorder.ingest(
      [session("s", { endedAt: T, updatedAt: T }), message("s", "m1"), message("s", "m2")],
      null,
    );
    const reader = createReadService(storage);
    expect(await reader.getSession("s")).toMatchObject({ messageCount: 2, ended: true });
    await recorder.ingest([session("s", { updatedAt: T + 1 })], null);
    expect(await reader.getSession("s")).toMatchObject({ ended: false });
    expect(await reader.getSession("nowhere")).toBeNull();
  });
});
