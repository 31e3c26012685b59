/** The thread of runInWorker.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { backfillSource } from "../backfill/backfill.ts";
import { repair } from "../repair/repair.ts";
import { StorageError, sqliteCode, toStorageError } from "../storageError.ts";
import { StorageRefusal } from "../storageRefusal.ts";
import type { Answer, Task } from "./runInWorker.ts";

function run(task: Task): Answer {
  const isStopped = () => Atomics.load(task.stop, 0) !== 0;
  try {
    return { done: doneOf(task, isStopped) };
  } catch (error) {
    if (error instanceof StorageRefusal || error instanceof StorageError)
      return { refused: error.message };
    if (sqliteCode(error) !== null) return { refused: toStorageError(error).message };
    throw error;
  }
}

function doneOf(task: Task, isStopped: () => boolean) {
  switch (task.work) {
    case "backfill":
      return backfillSource(task.options, isStopped);
    case "repair":
      return repair(task.options, isStopped);
  }
}

parentPort?.postMessage(run(workerData));
