/** The thread of backfillInWorker.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { type BackfillOptions, backfillSource } from "./backfill.ts";
import type { BackfillAnswer } from "./backfillInWorker.ts";
import { sqliteCode, toStorageError } from "./storageError.ts";
import { StorageRefusal } from "./storageRefusal.ts";

function run(options: BackfillOptions): BackfillAnswer {
  try {
    return { done: backfillSource(options) };
  } catch (error) {
    if (error instanceof StorageRefusal) return { refused: error.message };
    if (sqliteCode(error) !== null) return { refused: toStorageError(error).message };
    throw error;
  }
}

parentPort?.postMessage(run(workerData));
