import { CLIENT_NAMES, type IngestRecord, Source } from "@duolog/contract";
import fc from "fast-check";
import type Database from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { openReadOnly } from "../harness/rows.ts";
import { disorder, history, messageUpsert, runs, type Step, sessionUpsert } from "./histories.ts";

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

/** The rows of a session and its messages, less what names the row or numbers the change. */
function rowsOf(sessionId: string) {
  const sessions = file.prepare("SELECT * FROM sessions WHERE id = ?").all(sessionId);
  const messages = file
    .prepare("SELECT * FROM messages WHERE session_id = ? ORDER BY id")
    .all(sessionId);
  return [...sessions, ...messages].map((row) => {
    const { changed_seq, key, session_id, ...rest } = row as Record<string, unknown>;
    return "key" in (row as object) ? rest : { ...rest, id: "session" };
  });
}

const records = fc.oneof(
  history(sessionUpsert).map((steps) => steps.map((step) => ({ kind: "session" as const, step }))),
  history(messageUpsert).map((steps) => steps.map((step) => ({ kind: "message" as const, step }))),
);
const mixed = fc.array(records, { minLength: 1, maxLength: 2 }).map((lists) => lists.flat());
type Item = { kind: "session" | "message"; step: Step<{ id: string }> };

function sentAs(sessionId: string, items: Item[]): Sent[] {
  return items.map(({ kind, step }) => {
    const ids = kind === "session" ? { id: sessionId } : { sessionId };
    return {
      inferred: step.inferred,
      record: { kind, data: { ...step.upsert, ...ids } } as IngestRecord,
    };
  });
}

test("any order, repetition and batching gives the same rows, through client, socket, service and file", {
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
