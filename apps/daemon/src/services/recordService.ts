import { setImmediate } from "node:timers/promises";
import {
  type IngestRecord,
  type ItemResult,
  type Refusal,
  type Source,
  textOf,
} from "@duolog/contract";
import { type Recorder, ServiceError } from "@duolog/contract/server";
import type { Capture } from "../core/merge.ts";
import type { Writer } from "../storage/record/writer.ts";
import type { Item } from "./batch.ts";
import { BatchWriter, type WriterEvents } from "./batchWriter.ts";
import { type Call, CallQueue } from "./callQueue.ts";
import { KEPT_BYTES, outline } from "./longText.ts";

/** What the service writes with, and whom it tells. */
export interface RecordServiceOptions extends WriterEvents {
  storage: Writer;
  /** Epoch ms. */
  now: () => number;
  /** Of a long text so many bytes are kept. Default: KEPT_BYTES. */
  keptBytes?: number;
  /** Told whenever nothing waits to be written any more. */
  onRest?: () => void;
}

/** Recording, and what else writes the record. */
export interface RecordService extends Recorder {
  /** Number of the last change; grows with each row written. */
  lastChange(): number;
  /** True while anything waits to be written, or is. */
  isWriting(): boolean;
  /**
   * Runs work on the database while nothing else writes it. The work is told the number of the last
   * change, numbers its own on from there, and tells the last one it gave. Rejects as `work` does,
   * and with ServiceError UNAVAILABLE at `stop`, at which the signal tells the work to end.
   */
  exclusive<T>(
    work: (lastChange: number, signal: AbortSignal) => Promise<{ lastChange: number; result: T }>,
  ): Promise<T>;
  /**
   * Refuses what comes from now on, has exclusive work ended, and resolves when all that was accepted
   * is answered.
   */
  stop(): Promise<void>;
}

/**
 * So many batches share a commit where they wait, each in a turn of its own: a commit takes as long as
 * writing fifteen records.
 */
const TURNS = 4;

/**
 * The one writer: calls that come while a batch is written share the next one, and its commit.
 * Rejects with StorageError where the last change can't be read.
 */
export async function createRecordService(options: RecordServiceOptions): Promise<RecordService> {
  const { storage, now, keptBytes = KEPT_BYTES, onRest = () => {} } = options;
  const queue = new CallQueue();
  const writer = new BatchWriter(storage, options, await storage.lastChange());
  let writing: Promise<void> | null = null;
  const stopping = new AbortController();

  async function work(): Promise<void> {
    while (!queue.isEmpty) {
      const taken: Call[][] = [];
      const results = await writer.write(async () => {
        if (queue.isEmpty || taken.length === TURNS) return null;
        // Calls that arrived meanwhile belong in this batch, and reads have their turn before it.
        await setImmediate();
        const calls = queue.take();
        taken.push(calls);
        return calls.flatMap(({ items }) => items);
      });
      for (const [i, calls] of taken.entries()) queue.answer(calls, results[i] ?? []);
    }
    rest();
  }

  function rest(): void {
    writing = null;
    onRest();
  }

  async function ingest(
    records: IngestRecord[],
    inferredSource: Source | null,
  ): Promise<ItemResult[]> {
    if (records.length === 0) return [];
    if (stopping.signal.aborted || queue.isFull) {
      const error = stopping.signal.aborted ? STOPPING : OVERLOADED;
      return records.map(() => ({ ok: false, error }));
    }
    const capture = { at: now(), inferredSource };
    const answers = queue.add(records.map((record) => itemOf(record, capture)));
    writing ??= work();
    return answers;
  }

  function itemOf(record: IngestRecord, capture: Capture): Item {
    return { ...outline(record, keptBytes), capture, length: textOf(record) };
  }

  return {
    ingest,
    lastChange: () => writer.lastChange,
    isWriting: () => writing !== null,
    async exclusive(run) {
      while (writing) {
        stopping.signal.throwIfAborted();
        await writing;
      }
      const running = writer.runNumbering(async (lastChange) => {
        stopping.signal.throwIfAborted();
        return run(lastChange, stopping.signal);
      });
      const goOn = () => {
        if (queue.isEmpty) rest();
        else writing = work();
      };
      writing = running.then(goOn, goOn);
      return await unlessAborted(stopping.signal, running);
    },
    async stop() {
      stopping.abort(new ServiceError(STOPPING));
      while (writing) await writing;
    },
  };
}

/** As `work`, or rejects with the signal's reason, without waiting for the end of the work. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

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
