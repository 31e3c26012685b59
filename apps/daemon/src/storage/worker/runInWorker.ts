import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Backfilled, BackfillOptions } from "../backfill/backfill.ts";
import type { Repaired, RepairOptions } from "../repair/repair.ts";
import { StorageError } from "../storageError.ts";

/** Work on the whole record: what it is given, and what it gives. */
export interface Works {
  backfill: { options: BackfillOptions; done: Backfilled };
  repair: { options: RepairOptions; done: Repaired };
}

/** What the thread answers; errors would lose what tells one from the other on their way. */
export type Answer = { done: Works[keyof Works]["done"] } | { refused: string };

/**
 * What the thread is given. It ends by itself once `stop[0]` is not 0: `terminate` in the middle of a
 * call of libSQL's would abort the process.
 */
export type Task = {
  [W in keyof Works]: { work: W; options: Works[W]["options"]; stop: Int32Array };
}[keyof Works];

/**
 * The work in a thread of its own, for which reading does not wait; `signal` stops it, as soon as
 * SQLite lets go of the backup where that is being written. Settles once the thread is gone.
 * Rejects with StorageError where the database can't be written or the thread was stopped, and takes
 * all of it back.
 */
export async function runInWorker<W extends keyof Works>(
  work: W,
  options: Works[W]["options"],
  signal: AbortSignal,
): Promise<Works[W]["done"]> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { work, options, stop } as Task;
  // All chunks of the bundle lie beside it (build.mjs).
  const worker = new Worker(new URL("./storageWorker.js", import.meta.url), { workerData });
  const end = () => Atomics.store(stop, 0, 1);
  signal.addEventListener("abort", end);
  try {
    const ended = once(worker, "exit");
    const [[answer]] = (await Promise.all([once(worker, "message"), ended])) as [[Answer], unknown];
    if ("refused" in answer) throw new StorageError("unavailable", answer.refused);
    return answer.done;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
