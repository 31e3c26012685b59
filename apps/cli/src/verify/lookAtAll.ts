import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { History, Source } from "@duolog/contract";
import type { SessionRows } from "@duolog/daemon/verify";
import type { WantedAgents } from "../stores/openStores.ts";
import { type Looked, look, type Share } from "./look.ts";

/** What a thread is given: it opens the stores and the record for itself. */
export interface LookTask {
  env: NodeJS.ProcessEnv;
  wanted: WantedAgents;
  source: Source;
  share: Share;
}

/** Below so many bytes a thread's start takes longer than what it spares. */
const WORTH_BYTES = 32 * 1024 * 1024;
/** Each thread holds a session in memory. */
const MOST_THREADS = 4;

/** Compares all sessions of a store with the record: a large store's in several threads. Rejects as `look` throws. */
export async function lookAtAll(
  history: History,
  record: SessionRows,
  env: NodeJS.ProcessEnv,
  wanted: WantedAgents,
): Promise<Looked[]> {
  const bytes = history.parts.reduce((sum, part) => sum + part.bytes, 0);
  const threads = bytes < WORTH_BYTES ? 1 : Math.min(MOST_THREADS, availableParallelism());
  if (threads === 1) return [look(history, record, { index: 0, of: 1 })];
  const shares = Array.from({ length: threads }, (_, index) => ({ index, of: threads }));
  const { source } = history;
  const looks = shares.map((share) => lookInThread({ env: { ...env }, wanted, source, share }));
  return (await Promise.all(looks)).filter((found) => found !== null);
}

async function lookInThread(task: LookTask): Promise<Looked | null> {
  // All chunks of the bundle lie beside it (build.mjs).
  const worker = new Worker(new URL("./lookWorker.js", import.meta.url), { workerData: task });
  const [[found]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
  return found as Looked | null;
}
