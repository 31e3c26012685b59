import { spawnSync } from "node:child_process";
import { inflateSync } from "node:zlib";
import type { IngestRecord } from "@duolog/contract";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashOf } from "../../src/services/longText.ts";
import { createReadService } from "../../src/services/readService.ts";
import { createRecordService } from "../../src/services/recordService.ts";
import { cut } from "../../src/storage/record/cut.ts";
import type { Rows } from "../../src/storage/record/rows.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { T } from "../rows.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

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

/** Records all of it in one batch. */
async function record(records: IngestRecord[], keptBytes?: number, over: Partial<Storage> = {}) {
  const options = { storage: { ...storage, ...over }, now: () => T, onFailure: () => {} };
  const service = await createRecordService(
    keptBytes === undefined ? options : { ...options, keptBytes },
  );
  return service.ingest(records, null);
}

const call = (id: string, data: object, at = 1): IngestRecord => ({
  kind: "toolCall",
  data: { id, sessionId: "s", observedAt: T + at, ...data },
});
const message = (id: string, data: object): IngestRecord => ({
  kind: "message",
  data: { id, sessionId: "s", observedAt: T, ...data },
});

function query(sql: string): Record<string, unknown>[] {
  const db = new Database(database);
  try {
    return db.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
}
const blobs = () =>
  query("SELECT hash, bytes, text, deflated, is_cut FROM blobs ORDER BY bytes").map(
    ({ deflated, ...blob }) => ({
      ...blob,
      deflated:
        deflated === null ? null : inflateSync(Buffer.from(deflated as ArrayBuffer)).toString(),
    }),
  );
const outputs = () => query("SELECT output, output_hash, output_bytes FROM tool_calls ORDER BY id");
const read = async (texts?: boolean) => {
  const page = { sessionId: "s", limit: 100, texts };
  return (await createReadService(storage).listRows("toolCall", page)).items;
};

const A = "a".repeat(600);
const B = "b".repeat(700);
const LONG = "line of a log\n".repeat(1_000);

test("a text lies there once, whatever rows, kinds and fields have it", async () => {
  await record([
    message("m", { reasoningText: A }),
    call("t1", { input: A, output: A }),
    call("t2", { output: LONG }),
  ]);
  await record([call("t3", { output: LONG })]);
  expect(blobs()).toEqual([
    { hash: hashOf(A), bytes: 600, text: A, deflated: null, is_cut: 0 },
    { hash: hashOf(LONG), bytes: 14_000, text: null, deflated: LONG, is_cut: 0 },
  ]);
  expect(query("SELECT reasoning_text, reasoning_hash, reasoning_bytes FROM messages")).toEqual([
    { reasoning_text: null, reasoning_hash: hashOf(A), reasoning_bytes: 600 },
  ]);
  expect(outputs()).toMatchObject([
    { output_hash: hashOf(A) },
    { output_hash: hashOf(LONG) },
    { output_hash: hashOf(LONG) },
  ]);
});

describe("is written with its row, or not at all", () => {
  test("a write that fails behind it takes it back", async () => {
    const failing = (rows: Rows): Rows => ({
      ...rows,
      infer: () => {
        throw new Error("a fault of ours");
      },
    });
    const over: Partial<Storage> = {
      transaction: (work) => storage.transaction((rows) => work(failing(rows))),
    };
    const [result] = await record([call("t", { output: A })], undefined, over);
    expect(result).toMatchObject({ ok: false, error: { code: "INTERNAL" } });
    expect([blobs(), outputs()]).toEqual([[], []]);
  });

  test("what SQLite refuses leaves none, and the records beside it have theirs", async () => {
    const refusing = (rows: Rows): Rows => ({
      ...rows,
      write(kind, written) {
        // As a CHECK of the table would.
        const refused = written.some((row) => "status" in row && row.status === "refused");
        rows.write(
          kind,
          refused ? written.map((row) => ({ ...row, sessionId: "nowhere" })) : written,
        );
      },
    });
    const over: Partial<Storage> = {
      transaction: (work) => storage.transaction((rows) => work(refusing(rows))),
    };
    const results = await record(
      [call("t1", { output: A, status: "refused" }), call("t2", { output: B })],
      undefined,
      over,
    );
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(blobs()).toMatchObject([{ hash: hashOf(B) }]);
  });

  test("a text that another observation beat in the same batch is not kept", async () => {
    await record([call("t", { output: A }, 2), call("t", { output: B }, 1)]);
    expect(outputs()).toMatchObject([{ output_hash: hashOf(A) }]);
    expect(blobs()).toMatchObject([{ hash: hashOf(A) }]);
  });
});

describe("of two observations", () => {
  const [small, smallB] = ["short", "other"];
  test.each([
    ["of one time, the longer text", { output: A }, { output: B }],
    ["of one time and size, the greater hash", ...byHash("c".repeat(600), A)],
    ["of one time, one outside over one in the row", { output: "x".repeat(512) }, { output: A }],
    ["of one time in the row, the greater text", { output: smallB }, { output: small }],
    [
      "of one time, the text whose whole was longer",
      { output: B },
      { output: A, outputBytes: 701 },
    ],
    ["the later one, though it is shorter", { output: B }, { output: small, observedAt: T + 2 }],
    ["the later one that lies outside", { output: small }, { output: A, observedAt: T + 2 }],
  ])("%s wins, in both orders", async (_what, loser, winner) => {
    await record([call("a", loser)]);
    await record([call("a", winner)]);
    await record([call("b", winner)]);
    await record([call("b", loser)]);
    const [a, b] = await read();
    expect(a?.output).toBe(winner.output);
    expect({ ...b, id: 0, key: 0, changedSeq: 0 }).toEqual({ ...a, id: 0, key: 0, changedSeq: 0 });
  });

  test("an exact repeat writes nothing", async () => {
    await record([call("t", { output: LONG })]);
    const before = query("SELECT * FROM tool_calls");
    expect(await record([call("t", { output: LONG })])).toEqual([{ ok: true, changed: false }]);
    expect(query("SELECT * FROM tool_calls")).toEqual(before);
  });
});

/** Two texts of one size, the one of the smaller hash first. */
function byHash(one: string, other: string): [{ output: string }, { output: string }] {
  const [smaller = "", greater = ""] = [one, other].sort((a, b) =>
    hashOf(a) < hashOf(b) ? -1 : 1,
  );
  return [{ output: smaller }, { output: greater }];
}

describe("a text that was cut", () => {
  test("gives way to the whole one of its hash, and not the reverse", async () => {
    const cutBlob = { hash: hashOf(LONG), bytes: 14_000, is_cut: 1 };
    const wholeBlob = { hash: hashOf(LONG), bytes: 14_000, text: null, deflated: LONG, is_cut: 0 };
    await record([call("t", { output: LONG })], 1_000);
    expect(blobs()).toEqual([{ ...cutBlob, text: cut(LONG, 1_000), deflated: null }]);
    expect((await read())[0]?.output).toBe(cut(LONG, 1_000));
    // The row is as it was: the text alone is new.
    expect(await record([call("t", { output: LONG })])).toEqual([{ ok: true, changed: false }]);
    expect(blobs()).toEqual([wholeBlob]);
    await record([call("t2", { output: LONG })], 1_000);
    expect(blobs()).toEqual([wholeBlob]);
    expect((await read()).map(({ output }) => output)).toEqual([LONG, LONG]);
  });

  test("to nothing keeps its hash and size", async () => {
    await record([call("t", { output: LONG })], 0);
    const [row] = await read();
    expect(row).toMatchObject({ output: null, outputHash: hashOf(LONG), outputBytes: 14_000 });
  });
});

describe("reads", () => {
  test("give the texts whole, or leave them where they are", async () => {
    await record([call("t", { input: "{}", output: LONG })]);
    expect(await read()).toMatchObject([{ input: "{}", output: LONG, outputHash: hashOf(LONG) }]);
    expect(await read(true)).toMatchObject([{ output: LONG }]);
    expect(await read(false)).toMatchObject([{ input: "{}", output: null, outputBytes: 14_000 }]);
  });

  test("give the row where its text is damaged or gone", async () => {
    await record([call("t1", { output: LONG }), call("t2", { output: A })]);
    const db = new Database(database);
    db.exec("UPDATE blobs SET deflated = x'789c00ff' WHERE deflated IS NOT NULL");
    db.exec("DELETE FROM blobs WHERE text IS NOT NULL");
    db.close();
    expect(await read()).toMatchObject([
      { id: "t1", output: null, outputBytes: 14_000 },
      { id: "t2", output: null, outputBytes: 600 },
    ]);
  });
});

/** The output of each call, wherever it lies, as lode/storage/sqlite.md shows it. */
const WITH_SQLITE = `
  SELECT t.id, hex(COALESCE(t.output, b.text, iif(b.deflated IS NULL, NULL,
    CAST(sqlar_uncompress(b.deflated, min(b.bytes, 50000000) + 100) AS TEXT)))) AS output
  FROM tool_calls AS t LEFT JOIN blobs AS b ON b.hash = t.output_hash ORDER BY t.id`;

const sqlite = spawnSync("sqlite3", [":memory:", "SELECT sqlar_uncompress(x'00', 1)"]);

test.skipIf(sqlite.status !== 0)("Debian's sqlite3 program reads every text", async () => {
  const incompressible = Array.from({ length: 3_000 }, (_, i) => hashOf(`${i}`)).join("");
  const texts = ["short", A, LONG, "€".repeat(5_000), incompressible];
  await record(texts.map((output, i) => call(`t${i}`, { output })));
  const cuts = [
    call("t5", { output: `${LONG}x` }),
    call("t6", { output: `${LONG}${LONG}`, outputBytes: 3e9 }),
  ];
  // One byte is left out, so what is kept, with the mark of the gap, is longer than the whole.
  await record(cuts, 14_000);
  await record([call("t7", { output: `${LONG}z` })], 0);
  const { stdout, stderr } = spawnSync("sqlite3", ["-readonly", "-json", database, WITH_SQLITE]);
  expect(String(stderr)).toBe("");
  const found = JSON.parse(String(stdout)) as { id: string; output: string }[];
  const shown = found.map(({ output }) => Buffer.from(output, "hex").toString());
  expect(shown).toEqual([...texts, cut(`${LONG}x`, 14_000), cut(LONG + LONG, 14_000), ""]);
});
