import { resolve } from "node:path";
import type { RpcClient } from "@duolog/client";
import { type IngestRecord, isFinal, MAX_BATCH } from "@duolog/contract";
import { readDatabase } from "../services/readDatabase.ts";
import { Failure } from "./failure.ts";
import { type Output, show } from "./output.ts";
import type { Place } from "./place.ts";
import { throughDaemon } from "./read.ts";
import { count } from "./text.ts";

/** For each batch, ms. */
const DEADLINE_MS = 60_000;

/** What `import --json` tells: rows read, and what became of the records made of them. */
interface Imported {
  database: string;
  sessions: number;
  messages: number;
  /** Records that changed something; the rest was there already. */
  changed: number;
  /** Records that were refused: they lie in `rejected/`. */
  refused: number;
}

/** Takes over the record of another file; twice does no harm. */
export async function importDatabase(
  place: Place,
  env: NodeJS.ProcessEnv,
  database: string,
  output: Output,
): Promise<void> {
  const options = {
    file: resolve(database),
    scratch: place.paths.root,
    migrations: place.migrations,
  };
  const imported = await throughDaemon(place, env, DEADLINE_MS, async (rpc) => {
    const total: Imported = {
      database: options.file,
      sessions: 0,
      messages: 0,
      changed: 0,
      refused: 0,
    };
    for await (const records of readDatabase(options)) {
      countRows(records, total);
      for (let from = 0; from < records.length; from += MAX_BATCH) {
        await send(rpc, records.slice(from, from + MAX_BATCH), total);
      }
    }
    return total;
  });
  show(output, imported, importedText);
}

/** A row may give several records. */
function countRows(records: IngestRecord[], total: Imported): void {
  const ids = new Set(records.map(({ data }) => data.id));
  if (records[0]?.kind === "session") total.sessions += ids.size;
  else total.messages += ids.size;
}

async function send(rpc: RpcClient, records: IngestRecord[], total: Imported): Promise<void> {
  const answer = await rpc.ingest(records);
  if (answer.status === "unavailable") throw unfinished(answer.reason);
  answer.results.forEach((result, i) => {
    if (result.ok) {
      total.changed += Number(result.changed);
    } else if (isFinal(result.error.code)) {
      total.refused++;
      rpc.reject(records[i], result.error.message);
    } else {
      throw unfinished(result.error.message);
    }
  });
}

function unfinished(reason: string): Failure {
  return new Failure(`not all was imported: ${reason}. Run it again: nothing is taken over twice`);
}

function importedText({ database, sessions, messages, changed, refused }: Imported): string {
  const read = `${count(sessions, "session")} and ${count(messages, "message")} read from ${database}`;
  const lines = [read, `${count(changed, "record")} changed something; the rest was there already`];
  if (refused)
    lines.push(`${count(refused, "record")} refused: see rejected/ in the data directory`);
  return `${lines.join("\n")}\n`;
}
