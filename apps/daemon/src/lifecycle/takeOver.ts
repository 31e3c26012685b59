import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DataPaths } from "@duolog/client/local";
import { type IngestRecord, isFinal, type Kind, MAX_BATCH, mapKinds } from "@duolog/contract";
import { readDamaged } from "../import/readDamaged.ts";
import { errorDetails, type Log } from "../log/log.ts";
import { copyAside, listAside, noteTakenOver, type TakenOver } from "../storage/salvage/aside.ts";
import { ingest, type Ports } from "./ingest.ts";

export interface TakeOverOptions {
  paths: DataPaths;
  /** Directory of the migrations. */
  migrations: string;
  ports: Ports;
  log: Log;
  /** Ends it before its time. */
  signal: AbortSignal;
}

/**
 * Records again what can still be read of the databases that were put aside, once each. What is
 * interrupted begins anew at the next start: twice does no harm. Never rejects.
 */
export async function takeOverAside(options: TakeOverOptions): Promise<void> {
  const { paths, log, signal } = options;
  for (const { file, takenOver } of listAside(paths.database)) {
    if (takenOver) continue;
    try {
      const done = await takeOver(file, options);
      if (done === null) return;
      noteTakenOver(file, done);
      log.info("damaged database taken over", { aside: file, ...done });
    } catch (error) {
      if (signal.aborted) return;
      log.error("damaged database not taken over", { aside: file, ...errorDetails(error) });
    }
  }
}

/** Null where the daemon can't record now. */
async function takeOver(file: string, options: TakeOverOptions): Promise<TakenOver | null> {
  const scratch = join(options.paths.root, "taking-over");
  // Of a process that was killed.
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o700 });
  try {
    const copy = join(scratch, "copy.db");
    await copyAside(file, copy, options.signal);
    return await record(copy, options);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function record(copy: string, options: TakeOverOptions): Promise<TakenOver | null> {
  const ids = mapKinds(() => new Set<string>());
  for (const records of readDamaged(copy, options.migrations)) {
    if (!(await ingestPage(records, ids, options))) return null;
  }
  const { session, message, toolCall, event } = ids;
  return {
    sessions: session.size,
    messages: message.size,
    toolCalls: toolCall.size,
    events: event.size,
  };
}

/** Notes the ids of what was recorded; a row may give several records. */
async function ingestPage(
  records: IngestRecord[],
  ids: Record<Kind, Set<string>>,
  { ports, signal }: TakeOverOptions,
): Promise<boolean> {
  for (let from = 0; from < records.length; from += MAX_BATCH) {
    if (signal.aborted) return false;
    const batch = records.slice(from, from + MAX_BATCH);
    const results = await ingest(ports, batch);
    for (const [i, result] of results.entries()) {
      const { kind, data } = batch[i] as IngestRecord;
      if (result.ok) ids[kind].add("sessionId" in data ? `${data.sessionId} ${data.id}` : data.id);
      else if (!isFinal(result.error.code)) return false;
    }
  }
  return true;
}
