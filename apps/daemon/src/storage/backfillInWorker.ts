import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Backfilled, BackfillOptions } from "./backfill.ts";
import { StorageError } from "./storageError.ts";

/** What the thread answers; errors would lose what tells one from the other on their way. */
export type BackfillAnswer = { done: Backfilled } | { refused: string };

/**
 * `backfillSource` in a thread of its own, for which reading does not wait.
 * Rejects with StorageError where the database can't be written, and takes all of it back.
 */
export async function backfillInWorker(options: BackfillOptions): Promise<Backfilled> {
  // All chunks of the bundle lie beside it (build.mjs).
  const worker = new Worker(new URL("./backfillWorker.js", import.meta.url), {
    workerData: options,
  });
  const [answer] = (await once(worker, "message")) as [BackfillAnswer];
  if ("done" in answer) return answer.done;
  throw new StorageError("unavailable", answer.refused);
}
