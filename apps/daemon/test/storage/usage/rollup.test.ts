import {
  type Message,
  type Session,
  Source,
  type UsageAnswer,
  type UsageQuery,
} from "@duolog/contract";
import fc from "fast-check";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { offsetsOf } from "../../../src/core/usage/localTime.ts";
import { reportOf } from "../../../src/core/usage/report.ts";
import { type Connection, connect } from "../../../src/storage/record/connection.ts";
import { openStorage, type Storage } from "../../../src/storage/storage.ts";
import { PartsReader } from "../../../src/storage/usage/partsReader.ts";
import { countUnpriced, priceSome } from "../../../src/storage/usage/pricing.ts";
import { Rollup } from "../../../src/storage/usage/rollup.ts";
import { SCHEMA } from "../../../src/storage/usage/schema.ts";
import { messageRow, sessionRow } from "../../rows.ts";
import { eachAlone } from "../eachAlone.ts";
import { MIGRATIONS, temporary } from "../migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let record: Connection;
let db: Database.Database;

beforeEach(async () => {
  directory = temporary();
  const database = directory.at("duolog.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
  record = await connect(database, () => {});
  db = new Database(":memory:");
  db.exec(SCHEMA);
});

afterEach(async () => {
  db.close();
  await record.close();
  await storage.close();
  directory[Symbol.dispose]();
});

const NOON = Date.UTC(2026, 9, 5, 12);
const ONE = { promptTokens: 10, completionTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 40 };

type Row = ReturnType<typeof messageRow>;

function answer(fields: Partial<Message> & { id: string; sessionId: string }): Row {
  return messageRow({
    role: "assistant",
    model: "m",
    provider: "p",
    createdAt: NOON,
    ...ONE,
    ...fields,
  });
}

/** A dollar a token of input, two of output; nothing else costs, and only of the model `m`. */
const RATES = { requests: 0, input: 1, output: 2, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };
const findRates = ({ model }: { model: string }) => (model === "m" ? RATES : null);

async function catchUp(rollup: Rollup): Promise<void> {
  const last = await storage.lastChange();
  while (await rollup.turn(last, () => {}));
  while (priceSome(db, findRates));
}

function ask(query: Partial<UsageQuery>): UsageAnswer {
  const whole: UsageQuery = { ...ALL, ...query };
  const offsets = offsetsOf(whole.timezone, NOON - 86_400_000 * 400, NOON + 86_400_000 * 400);
  const reader = new PartsReader(db);
  const isOfSessions = whole.by === "session";
  const parts = isOfSessions ? reader.sessions(whole, 10).parts : reader.parts(whole, offsets);
  return reportOf(parts, { ...whole, prices: "test" });
}

const ALL = { by: "day", timezone: "UTC", mode: "auto", instances: false, limit: 10 } as const;

async function write(
  sessions: (Partial<Session> & { id: string })[],
  messages: Row[],
): Promise<void> {
  const file = eachAlone(storage);
  let changedSeq = await storage.lastChange();
  const numbered = <T extends object>(row: T) => ({ ...row, changedSeq: ++changedSeq });
  await file.write(
    "session",
    sessions.map((fields) => numbered(sessionRow({ source: Source.claude_code, ...fields }))),
  );
  await file.write("message", messages.map(numbered));
}

describe("totals", () => {
  test("add up tokens and costs, message by message", async () => {
    await write(
      [{ id: "s" }],
      [
        answer({ id: "a", sessionId: "s", cost: 5 }),
        answer({ id: "b", sessionId: "s" }),
        answer({ id: "c", sessionId: "s", model: "unknown" }),
        messageRow({ id: "u", sessionId: "s", role: "user", createdAt: NOON }),
      ],
    );
    await catchUp(new Rollup(db, record, null));
    const { rows, totals, unpriced } = ask({});
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ period: "2026-10-05", sources: ["claude-code"] });
    // The agent's 5 for the first, ours (10 × 1 + 20 × 2) for the second, nothing for the third.
    expect(totals).toMatchObject({
      messages: 3,
      inputTokens: 30,
      outputTokens: 60,
      cacheReadTokens: 90,
      cacheCreationTokens: 120,
      totalTokens: 300,
      totalCost: 55,
      reportedCost: 5,
      unreportedMessages: 2,
      computedCost: 100,
      unpricedTokens: 100,
    });
    expect(unpriced).toEqual([{ model: "unknown", provider: "p", tokens: 100 }]);
    expect(ask({ mode: "calculate" }).totals.totalCost).toBe(100);
    expect(ask({ mode: "display" }).totals.totalCost).toBe(5);
  });

  test.each([
    ["Asia/Kathmandu", "2026-10-05T18:14:00Z", "2026-10-05"],
    ["Asia/Kathmandu", "2026-10-05T18:16:00Z", "2026-10-06"],
    ["Asia/Kolkata", "2026-10-05T18:29:00Z", "2026-10-05"],
    ["Asia/Kolkata", "2026-10-05T18:31:00Z", "2026-10-06"],
    ["America/New_York", "2026-10-05T03:59:00Z", "2026-10-04"],
  ])("are of the day it is in %s", async (timezone, time, day) => {
    const createdAt = Date.parse(time);
    await write([{ id: "s" }], [answer({ id: "a", sessionId: "s", createdAt })]);
    await catchUp(new Rollup(db, record, null));
    expect(ask({ timezone }).rows.map(({ period }) => period)).toEqual([day]);
  });

  test("count a message that several sessions have once, whichever comes first", async () => {
    const rollup = new Rollup(db, record, null);
    await write([{ id: "b" }], [answer({ id: "x", sessionId: "b" })]);
    await catchUp(rollup);
    expect(ask({ by: "session" }).rows.map(({ period }) => period)).toEqual(["b"]);
    await write([{ id: "a" }], [answer({ id: "x", sessionId: "a" })]);
    await catchUp(rollup);
    expect(ask({ by: "session" }).rows.map(({ period }) => period)).toEqual(["a"]);
  });

  test("leave out a copy whose origin is there, whichever comes first", async () => {
    const rollup = new Rollup(db, record, null);
    await write(
      [{ id: "fork", forkedFromId: "origin" }],
      [answer({ id: "copy", sessionId: "fork", copiedFromId: "x" })],
    );
    await catchUp(rollup);
    expect(ask({}).totals.messages).toBe(1);
    await write([{ id: "origin" }], [answer({ id: "x", sessionId: "origin" })]);
    await catchUp(rollup);
    expect(ask({ by: "session" }).rows.map(({ period }) => period)).toEqual(["origin"]);
  });

  test("of a session are with its sub-agents, and without", async () => {
    await write(
      [
        { id: "root", projectPath: "/w/app" },
        { id: "child", parentId: "root" },
        { id: "grandchild", parentId: "child" },
        { id: "lost", parentId: "never recorded" },
      ],
      [
        answer({ id: "a", sessionId: "root" }),
        answer({ id: "b", sessionId: "root", agentId: "agent" }),
        answer({ id: "c", sessionId: "child" }),
        answer({ id: "d", sessionId: "grandchild" }),
        answer({ id: "e", sessionId: "lost" }),
      ],
    );
    await catchUp(new Rollup(db, record, null));
    const rows = ask({ by: "session" }).rows.map(({ period, messages, own, project }) => [
      period,
      messages,
      own?.messages,
      project,
    ]);
    expect(rows).toEqual([
      ["root", 4, 1, "/w/app"],
      ["lost", 1, 1, null],
    ]);
    expect(ask({ session: "root" }).totals.messages).toBe(4);
    expect(ask({ session: "child" }).totals.messages).toBe(2);
  });

  test.each<[Partial<UsageQuery>, number]>([
    [{ project: "/w/app" }, 2],
    [{ project: "/w/ap" }, 0],
    [{ project: "APP" }, 1],
    [{ withoutProjects: ["/w/app", "/w/none"] }, 2],
    [{ source: Source.opencode }, 1],
    [{ model: "CLAUDE" }, 1],
    [{ since: NOON + 3_600_000 }, 1],
    [{ until: NOON + 3_600_000 }, 2],
    [{}, 3],
  ])("are narrowed: %j", async (query, messages) => {
    await write(
      [
        { id: "a", projectPath: "/w/app", projectName: "app" },
        { id: "b", projectPath: "/w/app/web", source: Source.opencode },
        { id: "c", projectPath: "/w/application" },
      ],
      [
        answer({ id: "1", sessionId: "a" }),
        answer({ id: "2", sessionId: "b", createdAt: NOON + 3_600_000 }),
        answer({ id: "3", sessionId: "c", model: "claude-opus-4-5" }),
      ],
    );
    await catchUp(new Rollup(db, record, null));
    expect(ask(query).totals.messages).toBe(messages);
  });
});

test("a session that is gone from the record is gone from the totals", async () => {
  const rollup = new Rollup(db, record, null);
  await write([{ id: "s" }], [answer({ id: "a", sessionId: "s" })]);
  await catchUp(rollup);
  db.prepare("INSERT INTO changed VALUES (?)").run("never there");
  await catchUp(rollup);
  expect(ask({}).totals.messages).toBe(1);
  expect(countUnpriced(db)).toBe(0);
});

test("added up change by change is what is added up at once", async () => {
  const session = fc.constantFrom("a", "b", "c");
  const one = fc.record({
    id: fc.constantFrom("1", "2", "origin-1", "origin-2"),
    sessionId: session,
    copiedFromId: fc.constantFrom(null, "origin-1", "origin-2"),
    model: fc.constantFrom("m", "n", null),
    createdAt: fc.integer({ min: NOON, max: NOON + 86_400_000 }),
    cost: fc.constantFrom(null, 1),
    agentId: fc.constantFrom(null, "x"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (messages) => {
      for (const table of ["messages", "sessions"]) await wipe(table);
      for (const table of ["used", "sessions", "changed", "names"]) db.exec(`DELETE FROM ${table}`);
      await write([{ id: "a" }, { id: "b", forkedFromId: "a" }, { id: "c", parentId: "a" }], []);
      const rollup = new Rollup(db, record, null);
      const seen = new Set<string>();
      for (const fields of messages) {
        // A fork's copies tell an origin in the session that it is a fork of.
        const { sessionId } = fields;
        const id = sessionId === "a" ? fields.id : fields.id.replace("origin-", "");
        const copiedFromId = sessionId === "b" ? fields.copiedFromId : null;
        const key = `${sessionId} ${id}`;
        if (seen.has(key)) continue;
        seen.add(key);
        await write([], [answer({ ...fields, id, copiedFromId })]);
        await catchUp(rollup);
      }
      const step = ask({ by: "session" });
      db.exec("DELETE FROM used; DELETE FROM sessions; DELETE FROM names");
      await catchUp(new Rollup(db, record, null));
      expect(step).toEqual(ask({ by: "session" }));
    }),
    { numRuns: 60 },
  );
});

async function wipe(table: string): Promise<void> {
  const file = new Database(directory.at("duolog.db"));
  file.exec(`DELETE FROM ${table}`);
  file.close();
}
