import { writeFileSync } from "node:fs";
import {
  type Entity,
  entities,
  type Field,
  type IngestRecord,
  KINDS_IN_ORDER,
  type Kind,
  type Session,
  type SessionEvent,
  Source,
} from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRecordService } from "../../src/services/recordService.ts";
import { openSessionRows, type SessionRows } from "../../src/storage/record/sessionRows.ts";
import { repair } from "../../src/storage/repair/repair.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { isComplete, type Verdict, verifySession } from "../../src/verify/verifySession.ts";
import { T } from "../rows.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";
import { fullRecords } from "./fullRecords.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let record: SessionRows;
let database: string;

beforeEach(async () => {
  directory = temporary();
  database = directory.at("duolog.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
  await ingest(told);
  record = openSessionRows(database);
});

afterEach(async () => {
  record.close();
  await storage.close();
  directory[Symbol.dispose]();
});

const told = fullRecords("s");

async function ingest(records: IngestRecord[]): Promise<void> {
  const failures: Error[] = [];
  const onFailure = (error: Error) => failures.push(error);
  const service = await createRecordService({ storage, now: () => T, onFailure });
  for (const result of await service.ingest(records, null)) expect(result.ok).toBe(true);
  await service.stop();
  expect(failures).toEqual([]);
}

function verify(
  more: {
    records?: IngestRecord[];
    named?: string[];
    damaged?: string[];
    live?: string[];
    liveOfRows?: "updatedAt"[];
  } = {},
) {
  const { records = told, named = [], damaged = [], live = [] } = more;
  const history = {
    live: () => live as (keyof Session)[],
    liveOfRows: more.liveOfRows ?? [],
    namesOf: ({ id }: SessionEvent) => [id.replace(/^cwd-/, "")],
  };
  return verifySession(record, {
    sessionId: "s",
    records,
    named: new Set(named),
    damaged: new Set(damaged),
    history,
  });
}

/** What an SQL program does to the file. */
function change(sql: string, ...values: unknown[]): void {
  const db = new Database(database);
  db.prepare(sql).run(values);
  db.close();
}

/** All rows but their change numbers, by table. */
function everything(): unknown {
  const db = new Database(database);
  const rows = ["sessions", "messages", "tool_calls", "session_events", "blobs"].map((table) => {
    const found = db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all() as object[];
    return found.map((row) => ({ ...row, key: null, changed_seq: null }));
  });
  db.close();
  return rows;
}

function repairAll(verified: ReturnType<typeof verify>) {
  const file = directory.at("repair-1.jsonl");
  writeFileSync(
    file,
    verified
      .repairs()
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(""),
  );
  const { backups } = directory;
  const options = { database, backups, file, keptBytes: 1024 * 1024, lastChange: 1_000 };
  return repair({ ...options, now: new Date(T) }, () => false).report;
}

const NOTHING: Omit<Verdict, "onlyHere"> = {
  sessionId: "s",
  missing: [],
  different: [],
  outdated: [],
};

test("a record that holds what the store tells is complete", () => {
  const { verdict, repairs } = verify();
  expect(verdict).toMatchObject(NOTHING);
  expect(isComplete(verdict)).toBe(true);
  expect(repairs()).toEqual([]);
});

const columnOf = (kind: Kind, field: string) =>
  (entities[kind].columns as Record<string, string>)[field] as string;

/** Every field of every entity but those that name a row or say when it was seen. */
const FIELDS = KINDS_IN_ORDER.flatMap((kind) =>
  Object.entries<Field>((entities[kind] as Entity).fields as never)
    .filter(([, [rule]]) => rule !== "identity" && rule !== "observation")
    .map(([field, [, holds]]): [Kind, string, string] => [kind, field, holds]),
);

describe("a field that is not as the store tells it is named, and set as it was", () => {
  const idOf = (kind: Kind) => (kind === "session" ? "s" : `${kind}-1`);

  /** Changes a field's column, or both of a long text. */
  function setField(kind: Kind, field: string, value: unknown): void {
    const { table, long } = entities[kind];
    const hash = long.find(({ text }) => text === field)?.hash;
    const outside = hash ? `, ${columnOf(kind, hash)} = NULL` : "";
    change(
      `UPDATE ${table} SET ${columnOf(kind, field)} = ?${outside} WHERE id = ?`,
      value,
      idOf(kind),
    );
  }

  const OTHER: Record<string, unknown> = {
    time: T + 77,
    count: 177,
    usd: 177.5,
    flag: 0,
    source: Source.opencode,
    titleKind: "generated",
    status: "active",
  };

  test.each(FIELDS)("%s.%s", (kind, field, holds) => {
    const before = everything();
    // The kind of a title goes with the title.
    for (const value of field === "titleKind" ? [null] : [null, OTHER[holds] ?? "other"]) {
      setField(kind, field, value);
      const verified = verify();
      expect(verified.verdict).toMatchObject({
        ...NOTHING,
        different: [{ kind, id: idOf(kind), fields: [field] }],
      });
      expect(repairAll(verified)).toMatchObject({ added: 0, changed: 1, removed: 0 });
      expect(everything()).toEqual(before);
    }
  });
});

describe("a row that is not there is named, and added as it was", () => {
  test.each(KINDS_IN_ORDER.filter((kind) => kind !== "session"))("%s", (kind) => {
    const before = everything();
    change(`DELETE FROM ${entities[kind].table} WHERE id = ?`, `${kind}-2`);
    const verified = verify();
    expect(verified.verdict).toMatchObject({ ...NOTHING, missing: [{ kind, id: `${kind}-2` }] });
    expect(repairAll(verified)).toMatchObject({ added: 1, changed: 0, removed: 0 });
    expect(everything()).toEqual(before);
  });

  test("all of a session", () => {
    const before = everything();
    for (const kind of [...KINDS_IN_ORDER].reverse()) change(`DELETE FROM ${entities[kind].table}`);
    change("DELETE FROM blobs");
    const verified = verify();
    expect(verified.verdict.missing).toHaveLength(7);
    expect(repairAll(verified)).toMatchObject({ added: 7, changed: 0, removed: 0 });
    expect(everything()).toEqual(before);
  });

  test("a long text alone", () => {
    const before = everything();
    change(
      "DELETE FROM blobs WHERE hash = (SELECT output_hash FROM tool_calls WHERE id = ?)",
      "toolCall-1",
    );
    const verified = verify();
    expect(verified.verdict).toMatchObject({
      ...NOTHING,
      different: [{ kind: "toolCall", id: "toolCall-1", fields: ["output"] }],
    });
    repairAll(verified);
    expect(everything()).toEqual(before);
  });
});

test("M7: a session that only its rows tell of is complete once repaired, its source inferred", async () => {
  const records: IngestRecord[] = [
    { kind: "message", data: { sessionId: "s2", id: "m", source: Source.opencode, createdAt: T } },
  ];
  const verifyOther = () =>
    verifySession(record, {
      sessionId: "s2",
      records,
      named: new Set(),
      damaged: new Set(),
      history: { live: () => [], namesOf: () => [] },
    });
  const found = verifyOther();
  expect(found.verdict.missing).toHaveLength(2);
  expect(repairAll(found)).toMatchObject({ added: 2 });
  expect(isComplete(verifyOther().verdict)).toBe(true);
  expect(record.of("session", "s2")).toMatchObject([{ source: "opencode", sourceInferred: true }]);
});

describe("a row that the store does not tell", () => {
  const without = told.filter(({ data }) => data.id !== "message-2" && data.id !== "event-2");

  test("stays: the agent has it no more", () => {
    const { verdict, repairs } = verify({ records: without });
    expect(isComplete(verdict)).toBe(true);
    expect(verdict.onlyHere).toMatchObject({ message: 1, event: 1, toolCall: 0, session: 0 });
    expect(repairs()).toEqual([]);
  });

  test("goes where the store has its id: an earlier translation made it", async () => {
    await ingest([{ kind: "event", data: { sessionId: "s", id: "cwd-message-2" } }]);
    const verified = verify({ records: without, named: ["message-2"] });
    expect(verified.verdict).toMatchObject({
      ...NOTHING,
      outdated: [
        { kind: "message", id: "message-2" },
        { kind: "event", id: "cwd-message-2" },
      ],
      onlyHere: { event: 1, message: 0 },
    });
    expect(repairAll(verified)).toMatchObject({ added: 0, changed: 0, removed: 2 });
    expect(isComplete(verify({ records: without, named: ["message-2"] }).verdict)).toBe(true);
  });
});

test("one whose line can't be read any more goes where it says nothing", async () => {
  const empty = { sessionId: "s", id: "empty", role: "assistant", createdAt: T };
  await ingest([{ kind: "message", data: empty }]);
  const records = told.filter(({ data }) => data.id !== "message-2");
  const { verdict } = verify({ records, damaged: ["empty", "message-2"] });
  expect(verdict).toMatchObject({
    outdated: [{ kind: "message", id: "empty" }],
    onlyHere: { message: 1 },
  });
});

describe("what live capture knows better", () => {
  test.each<[string, number, boolean]>([
    ["updated_at", T + 1_000, true],
    ["updated_at", T - 1_000, false],
    ["ended_at", T + 1_000, true],
  ])("%s = %i", (column, value, isKept) => {
    change(`UPDATE sessions SET ${column} = ?`, value);
    const { verdict } = verify({ live: ["updatedAt", "endedAt"] });
    expect(isComplete(verdict)).toBe(isKept);
  });

  test.each<[number, boolean]>([
    [T + 1_000, true],
    [T - 1_000, false],
  ])("of a message, too: updated_at = %i", (value, isKept) => {
    change("UPDATE messages SET updated_at = ?", value);
    expect(isComplete(verify({ liveOfRows: ["updatedAt"] }).verdict)).toBe(isKept);
    expect(isComplete(verify().verdict)).toBe(false);
  });

  test("a status that was observed later is right, one of the same time is not", async () => {
    await ingest([{ kind: "session", data: { id: "s", status: "error", observedAt: T + 9 } }]);
    expect(verify({ live: ["status"] }).verdict.different).toEqual([]);
    expect(verify().verdict.different).toMatchObject([{ fields: ["status"] }]);
    change("UPDATE sessions SET status = 'active', stamps = NULL, observed_at = ?", T + 1);
    expect(verify({ live: ["status"] }).verdict.different).toMatchObject([{ fields: ["status"] }]);
  });
});

test("M8: what was inferred is no difference, and is inferred anew after a repair", async () => {
  const running: IngestRecord = {
    kind: "toolCall",
    data: { sessionId: "s", id: "open", status: "running", createdAt: T, observedAt: T },
  };
  await ingest([running]);
  const records = [...told, running];
  const status = "SELECT status, status_inferred AS inferred FROM tool_calls WHERE id = 'open'";
  const read = () => {
    const db = new Database(database);
    const row = db.prepare(status).get();
    db.close();
    return row;
  };
  expect(read()).toMatchObject({ status: "interrupted", inferred: 1 });
  expect(isComplete(verify({ records }).verdict)).toBe(true);
  change("UPDATE tool_calls SET status = 'success', status_inferred = 0 WHERE id = 'open'");
  repairAll(verify({ records }));
  expect(read()).toMatchObject({ status: "interrupted", inferred: 1 });
});
