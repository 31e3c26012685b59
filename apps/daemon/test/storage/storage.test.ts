import { Source } from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RowPosition } from "../../src/storage/record/reads.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { messageRow, sessionRow, T } from "../rows.ts";
import { eachAlone } from "./eachAlone.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let file: ReturnType<typeof eachAlone>;
let database: string;

beforeEach(async () => {
  directory = temporary();
  // Characters that mean something in a URL.
  database = directory.at("duo log?#%41.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
  file = eachAlone(storage);
});

afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

const FULL_SESSION = sessionRow({
  id: "s",
  source: Source.claude_code,
  sourceInferred: true,
  title: 'Quote " back \\ slash \u{1F600} \u2028',
  titleKind: "user",
  status: "ended",
  // 0.1 + 0.2, which 15 digits would not tell from 0.3.
  cost: 0.30000000000000004,
  promptTokens: 1_000_000_000_000,
  createdAt: T,
  updatedAt: 4_000_000_000_000,
  observedSeq: 0,
  changedSeq: 9_007_199_254_740_991,
});

describe("rows come back as they were written", () => {
  test.each([
    ["full", FULL_SESSION],
    ["blank", sessionRow({ id: "blank" })],
    ["zeros", sessionRow({ id: "zeros", cost: 0, promptTokens: 0 })],
    ["tiny cost", sessionRow({ id: "tiny", cost: 5e-324 })],
  ])("session: %s", async (_, row) => {
    await file.write("session", [row]);
    expect(await file.read("session", [[row.id], ["other"]])).toEqual([row]);
    expect(await storage.getSession(row.id)).toEqual({
      session: row,
      messageCount: 0,
      toolCallCount: 0,
    });
  });

  test("message", async () => {
    const row = messageRow({
      id: "m",
      sessionId: "s",
      source: Source.opencode,
      textContent: "x\ty\n\u{10FFFF}",
      cost: 1e-9,
      durationMs: 900,
      createdAt: T,
      changedSeq: 3,
    });
    await file.write("session", [FULL_SESSION]);
    await file.write("message", [row]);
    expect(await file.read("message", [["s", "m"]])).toEqual([row]);
    const { rows: messages } = await storage.listRows("message", "s", 10, null, []);
    expect(messages).toEqual([{ ...row, key: 1 }]);
  });

  test("the file holds integers, the enum's own words, and the REAL to its last bit", async () => {
    await file.write("session", [FULL_SESSION]);
    const db = new Database(database);
    const row = db
      .prepare("SELECT typeof(created_at) AS time, source, cost, source_inferred FROM sessions")
      .get();
    db.close();
    expect(row).toMatchObject({
      time: "integer",
      source: "claude-code",
      cost: 0.30000000000000004,
      source_inferred: 1,
    });
  });
});

test("an infinite cost, as an older file may hold, is none", async () => {
  await file.write("session", [sessionRow({ id: "s" })]);
  const db = new Database(database);
  db.exec("UPDATE sessions SET cost = 9e999");
  db.close();
  expect((await storage.getSession("s"))?.session.cost).toBeNull();
});

test("writing a message again keeps its row number", async () => {
  await file.write("session", [FULL_SESSION]);
  await file.write(
    "message",
    ["a", "b"].map((id) => messageRow({ id, sessionId: "s" })),
  );
  await file.write("message", [messageRow({ id: "a", sessionId: "s", model: "m" })]);
  const { rows: messages } = await storage.listRows("message", "s", 10, null, []);
  expect(messages.map(({ key, id, model }) => [key, id, model])).toEqual([
    [1, "a", "m"],
    [2, "b", null],
  ]);
});

test("the last change number is the highest of both tables", async () => {
  expect(await storage.lastChange()).toBe(0);
  await file.write("session", [sessionRow({ id: "s", changedSeq: 7 })]);
  expect(await storage.lastChange()).toBe(7);
  await file.write("message", [messageRow({ id: "m", sessionId: "s", changedSeq: 8 })]);
  expect(await storage.lastChange()).toBe(8);
});

test("M1: totals count an id once, whatever forks have copies of it", async () => {
  await file.write("session", [
    sessionRow({ id: "s", source: Source.opencode }),
    sessionRow({ id: "fork" }),
  ]);
  await file.write("message", [
    messageRow({ id: "m1", sessionId: "s", source: Source.opencode }),
    messageRow({ id: "m1", sessionId: "fork" }),
    messageRow({ id: "m2", sessionId: "fork" }),
  ]);
  expect(await storage.totals()).toEqual({ sessions: 2, messages: 2, unattributed: 3 });
});

test("M1: so do totals of more ids than are counted in one turn", async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `m${i}`);
  await file.write(
    "session",
    ["s", "fork"].map((id) => sessionRow({ id })),
  );
  await file.write(
    "message",
    ids.map((id) => messageRow({ id, sessionId: "s" })),
  );
  expect((await storage.totals()).messages).toBe(20_000);
  const copies = [...ids, "z", ""].map((id) => messageRow({ id, sessionId: "fork" }));
  await file.write("message", copies);
  expect((await storage.totals()).messages).toBe(20_002);
});

describe("what SQLite refuses is told from what it can't do now", () => {
  test("a message of no session", async () => {
    const write = file.write("message", [messageRow({ id: "m", sessionId: "nowhere" })]);
    await expect(write).rejects.toMatchObject({ name: "StorageError", kind: "record" });
  });

  test("a file that another program holds, until it lets go", async () => {
    const other = new Database(database);
    other.exec("BEGIN IMMEDIATE");
    const write = file.write("session", [sessionRow({ id: "s" })]);
    setTimeout(() => other.exec("ROLLBACK"), 400);
    await write;
    other.close();
    expect(await file.read("session", [["s"]])).toHaveLength(1);
  });

  test("a file that another program keeps holding", async () => {
    const other = new Database(database);
    other.exec("BEGIN IMMEDIATE");
    const write = file.write("session", [sessionRow({ id: "s" })]);
    await expect(write).rejects.toMatchObject({ name: "StorageError", kind: "unavailable" });
    other.exec("ROLLBACK");
    other.close();
  });
});

describe("pages by size: long texts make short pages, one row at least", () => {
  // A quarter of what a page may hold, so many times.
  const long = (character: string, quarters: number) => character.repeat(quarters * 250_000);
  const five = ["a", "b", "c", "d", "e"];

  test.each(["textContent", "error"] as const)("a message's %s", async (field) => {
    await file.write("session", [sessionRow({ id: "s" })]);
    // 5, 3 (the euro sign has three bytes), 1, 0 and 1 quarters.
    const texts = [long("x", 5), long("€", 1), long("y", 1), "short", long("z", 1)];
    await file.write(
      "message",
      texts.map((text, i) =>
        messageRow({ id: five[i] ?? "", sessionId: "s", [field]: text, createdAt: T + i }),
      ),
    );
    const list = (after: RowPosition | null) => storage.listRows("message", "s", 10, after, []);
    const pages: string[][] = [];
    let after: RowPosition | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(after);
      pages.push(page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(pages).toEqual([["a"], ["b"], ["c", "d", "e"]]);
  });

  test.each(["title", "error"] as const)("a session's %s", async (field) => {
    const texts = [long("x", 5), long("€", 1), long("y", 1), "short", long("z", 1)];
    await file.write(
      "session",
      texts.map((text, i) => sessionRow({ id: five[i] ?? "", [field]: text, updatedAt: T - i })),
    );
    const pages: string[][] = [];
    let after: Parameters<Storage["listSessions"]>[1] = null;
    do {
      const page = await storage.listSessions(10, after);
      pages.push(page.sessions.map(({ session }) => session.id));
      after = page.next;
    } while (after !== null);
    expect(pages).toEqual([["a"], ["b"], ["c", "d", "e"]]);
  });

  test("many lines of the longest are long too", async () => {
    const line = "x".repeat(8_192);
    const rows = Array.from({ length: 200 }, (_, i) =>
      sessionRow({ id: `s${i}`, updatedAt: T - i, projectPath: line, model: line, provider: line }),
    );
    await file.write("session", rows);
    const { sessions, next } = await storage.listSessions(1_000, null);
    expect(next).not.toBeNull();
    expect(JSON.stringify(sessions).length).toBeLessThan(1_050_000);
    expect(sessions.length).toBeGreaterThan(37);
  });
});
