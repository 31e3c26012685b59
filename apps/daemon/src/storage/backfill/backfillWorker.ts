/** The thread of backfillInWorker.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { StorageError, sqliteCode, toStorageError } from "../storageError.ts";
import { StorageRefusal } from "../storageRefusal.ts";
import { backfillSource } from "./backfill.ts";
import type { BackfillAnswer, BackfillTask } from "./backfillInWorker.ts";

function run({ options, stop }: BackfillTask): BackfillAnswer {
  try {
    return { done: backfillSource(options, () => Atomics.load(stop, 0) !== 0) };
  } catch (error) {
    if (error instanceof StorageRefusal || error instanceof StorageError)
      return { refused: error.message };
    if (sqliteCode(error) !== null) return { refused: toStorageError(error).message };
    throw error;
  }
}

parentPort?.postMessage(run(workerData));
