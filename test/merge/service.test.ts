import {
  CLIENT_NAMES,
  entities,
  type IngestRecord,
  KINDS_IN_ORDER,
  type Kind,
  Source,
} from "@duolog/contract";
import fc from "fast-check";
import type Database from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { openReadOnly } from "../harness/rows.ts";
import { disorder, history, runs, type Step, wholeSession } from "./histories.ts";

/** The same property as core.test.ts, through client, socket, service and file. */

type Clients = ReturnType<typeof connect>;
let daemon: TestDaemon;
let clients: Clients;
let file: Database.Database;
let serial = 0;

const CLIENT_OF = new Map<Source | null, string>([
  [Source.opencode, CLIENT_NAMES.opencode],
  [Source.claude_code, CLIENT_NAMES.claudeCode],
  [null, "somebody-else"],
]);

function connect(dataDir: string) {
  return new Map([...CLIENT_OF].map(([source, name]) => [source, testClient(dataDir, name)]));
}

beforeAll(async () => {
  daemon = await TestDaemon.start();
  clients = connect(daemon.paths.root);
  file = openReadOnly(daemon.paths.database);
});

afterAll(async () => {
  file.close();
  await Promise.all([...clients.values()].map((rpc) => rpc.close()));
  await daemon[Symbol.asyncDispose]();
});

interface Sent {
  inferred: Source | null;
  record: IngestRecord;
}

/** Runs of records of one client, none longer than the sizes say. */
function batchesOf(sent: Sent[], sizes: number[]): Sent[][] {
  const batches: Sent[][] = [];
  for (const item of sent) {
    const last = batches.at(-1);
    const room = sizes[(batches.length - 1) % sizes.length] ?? 1;
    if (last && last.length < room && last[0]?.inferred === item.inferred) last.push(item);
    else batches.push([item]);
  }
  return batches;
}

async function send(sent: Sent[], sizes: number[]): Promise<void> {
  for (const batch of batchesOf(sent, sizes)) {
    const rpc = clients.get(batch[0]?.inferred ?? null);
    const answer = await rpc?.ingest(batch.map((item) => item.record));
    if (answer?.status !== "answered") throw new Error("the daemon did not answer");
    expect(answer.results.filter((result) => !result.ok)).toEqual([]);
  }
}

/** Of each kind the rows of a session, less what names the row or numbers the change. */
function rowsOf(sessionId: string) {
  return KINDS_IN_ORDER.flatMap((kind) => {
    const { table } = entities[kind];
    const id = kind === "session" ? "id" : "session_id";
    const sql = `SELECT * FROM "${table}" WHERE "${id}" = ? ORDER BY "id"`;
    return file
      .prepare(sql)
      .all(sessionId)
      .map((row) => {
        const { changed_seq, key, session_id, ...rest } = row as Record<string, unknown>;
        return kind === "session" ? { ...rest, id: "session" } : rest;
      });
  });
}

const mixed = history(wholeSession);
type Item = Step<{ kind: Kind; data: object }>;

function sentAs(sessionId: string, items: Item[]): Sent[] {
  return items.map(({ upsert: { kind, data }, inferred }) => {
    const ids = kind === "session" ? { id: sessionId } : { sessionId };
    return { inferred, record: { kind, data: { ...data, ...ids } } as IngestRecord };
  });
}

test("M1 to M5, M8: any order, repetition and batching gives the same rows, through client, socket, service and file", {
  timeout: 60_000 + runs * 200,
}, async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const twoWays = mixed.chain((items) =>
    fc.record({
      items: fc.constant(items as Item[]),
      shuffled: disorder(items as Item[]),
      sizes,
      otherSizes: sizes,
    }),
  );
  await fc.assert(
    fc.asyncProperty(twoWays, async ({ items, shuffled, ...cut }) => {
      serial += 1;
      const [here, there] = [`a-${serial}`, `b-${serial}`];
      await send(sentAs(here, items), cut.sizes);
      await send(sentAs(there, shuffled), cut.otherSizes);
      expect(rowsOf(there)).toEqual(rowsOf(here));
    }),
    { numRuns: runs },
  );
});
