import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { StorageError } from "../storageError.ts";
import type { Backfilled, BackfillOptions } from "./backfill.ts";

/** What the thread answers; errors would lose what tells one from the other on their way. */
export type BackfillAnswer = { done: Backfilled } | { refused: string };

/**
 * What the thread is given. It ends by itself once `stop[0]` is not 0: `terminate` in the middle of a
 * call of libSQL's would abort the process.
 */
export interface BackfillTask {
  options: BackfillOptions;
  stop: Int32Array;
}

/**
 * `backfillSource` in a thread of its own, for which reading does not wait; `signal` stops it, as soon
 * as SQLite lets go of the backup where that is being written. Settles once the thread is gone.
 * Rejects with StorageError where the database can't be written or the thread was stopped, and takes
 * all of it back.
 */
export async function backfillInWorker(
  options: BackfillOptions,
  signal: AbortSignal,
): Promise<Backfilled> {
  const task: BackfillTask = { options, stop: new Int32Array(new SharedArrayBuffer(4)) };
  // All chunks of the bundle lie beside it (build.mjs).
  const worker = new Worker(new URL("./backfillWorker.js", import.meta.url), { workerData: task });
  const stop = () => Atomics.store(task.stop, 0, 1);
  signal.addEventListener("abort", stop);
  try {
    const ended = once(worker, "exit");
    const [[answer]] = await Promise.all([once(worker, "message"), ended]);
    return doneOf(answer);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function doneOf(answer: BackfillAnswer): Backfilled {
  if ("done" in answer) return answer.done;
  throw new StorageError("unavailable", answer.refused);
}
