import { setImmediate } from "node:timers/promises";
import type { IngestRecord, ItemResult, Refusal, Source } from "@duolog/contract";
import type { Recorder } from "@duolog/contract/server";
import { StorageError } from "../storage/storageError.ts";
import type { Writer } from "../storage/writer.ts";
import { type Item, mergeBatch } from "./batch.ts";

/**
 * Most records, and most text (UTF-16 units), that calls share one commit for. Writing it holds up
 * everything else, about 10 ms on the machine of lode/performance.md.
 */
const BATCH_RECORDS = 100;
const BATCH_TEXT = 4_000_000;
/** Most records and text that wait; a call beyond is told to come again. */
const WAITING_RECORDS = 50_000;
const WAITING_TEXT = 100_000_000;

export interface RecordServiceOptions {
  storage: Writer;
  /** Epoch ms. */
  now: () => number;
  /** Told of each failure of the database. */
  onFailure: (error: StorageError) => void;
}

export interface RecordService extends Recorder {
  /** Number of the last change; grows with each row written. */
  lastChange(): number;
  /**
   * Runs work on the database while nothing else writes it. The work is told the number of the last
   * change, numbers its own on from there, and tells the last one it gave.
   */
  exclusive<T>(
    work: (lastChange: number) => Promise<{ lastChange: number; result: T }>,
  ): Promise<T>;
  /** Refuses what comes from now on and resolves when all that was accepted is answered. */
  stop(): Promise<void>;
}

/** A call's records, or a part of them that is no more than a batch. */
interface Call {
  items: Item[];
  text: number;
  answer: (results: ItemResult[]) => void;
}

/** The one writer: calls that come while a batch is written share the next one, and its commit. */
export async function createRecordService(options: RecordServiceOptions): Promise<RecordService> {
  const { storage, now, onFailure } = options;
  const waiting: Call[] = [];
  const load = { records: 0, text: 0 };
  let lastChange = await storage.lastChange();
  let writing: Promise<void> | null = null;
  let stopped = false;

  async function write(items: Item[]): Promise<ItemResult[]> {
    const done = await storage.transaction((rows) => {
      const { results, sessions, messages } = mergeBatch(items, rows);
      let number = lastChange;
      for (const row of [...sessions, ...messages]) row.changedSeq = ++number;
      if (sessions.length) rows.writeSessions(sessions);
      if (messages.length) rows.writeMessages(messages);
      return { results, lastChange: number };
    });
    lastChange = done.lastChange;
    return done.results;
  }

  /** Halves a batch that SQLite refuses, so that the one bad record spoils no other. */
  async function writeOrRefuse(items: Item[]): Promise<ItemResult[]> {
    try {
      return await write(items);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      onFailure(error);
      if (error.kind === "unavailable" || items.length === 1) {
        return items.map(() => ({ ok: false, error: refusal(error) }));
      }
      const half = items.length >> 1;
      const first = await writeOrRefuse(items.slice(0, half));
      return [...first, ...(await writeOrRefuse(items.slice(half)))];
    }
  }

  async function work(): Promise<void> {
    while (waiting.length) {
      // Calls that arrived meanwhile belong in this batch, and reads have their turn before it.
      await setImmediate();
      const calls = takeBatch(waiting);
      const items = calls.flatMap((call) => call.items);
      const results = await writeOrRefuse(items).catch((error: unknown) => {
        onFailure(new StorageError("unavailable", "recording failed", { cause: error }));
        return items.map((): ItemResult => ({ ok: false, error: INTERNAL }));
      });
      let done = 0;
      for (const call of calls) {
        load.records -= call.items.length;
        load.text -= call.text;
        call.answer(results.slice(done, done + call.items.length));
        done += call.items.length;
      }
    }
    writing = null;
  }

  async function ingest(
    records: IngestRecord[],
    inferredSource: Source | null,
  ): Promise<ItemResult[]> {
    const full = load.records >= WAITING_RECORDS || load.text >= WAITING_TEXT;
    if (stopped || full) {
      const error = stopped ? STOPPING : OVERLOADED;
      return records.map(() => ({ ok: false, error }));
    }
    const capture = { at: now(), inferredSource };
    const parts = partsOf(records.map((record) => ({ record, capture })));
    const answers = parts.map(enqueue);
    writing ??= work();
    return (await Promise.all(answers)).flat();
  }

  function enqueue(items: Item[]): Promise<ItemResult[]> {
    const text = items.reduce((sum, { record }) => sum + textOf(record), 0);
    load.records += items.length;
    load.text += text;
    return new Promise((answer) => {
      waiting.push({ items, text, answer });
    });
  }

  return {
    ingest,
    lastChange: () => lastChange,
    async exclusive(run) {
      while (writing) await writing;
      const running = run(lastChange);
      const goOn = () => {
        writing = waiting.length ? work() : null;
      };
      writing = running
        .then((done) => {
          lastChange = done.lastChange;
        })
        .then(goOn, goOn);
      return (await running).result;
    },
    async stop() {
      stopped = true;
      while (writing) await writing;
    },
  };
}

function partsOf(items: Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += BATCH_RECORDS) {
    parts.push(items.slice(start, start + BATCH_RECORDS));
  }
  return parts;
}

/** Takes calls off the queue until they make a batch; one at least. */
function takeBatch(waiting: Call[]): Call[] {
  let records = 0;
  let text = 0;
  let count = 0;
  for (const call of waiting) {
    records += call.items.length;
    text += call.text;
    if (count > 0 && (records > BATCH_RECORDS || text > BATCH_TEXT)) break;
    count++;
  }
  return waiting.splice(0, count);
}

function textOf(record: IngestRecord): number {
  return record.kind === "message" ? (record.data.textContent?.length ?? 0) : 0;
}

const INTERNAL: Refusal = { code: "INTERNAL", field: null, message: "internal error" };
const STOPPING: Refusal = {
  code: "UNAVAILABLE",
  field: null,
  message: "the daemon is stopping; send it again",
};
const OVERLOADED: Refusal = {
  code: "UNAVAILABLE",
  field: null,
  message: "too much is waiting to be written; send it again later",
};

function refusal(error: StorageError): Refusal {
  return error.kind === "record"
    ? { code: "INVALID", field: null, message: `the database refuses the record: ${error.message}` }
    : { code: "UNAVAILABLE", field: null, message: `the database can't be used: ${error.message}` };
}
