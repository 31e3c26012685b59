import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { IngestRecord } from "@duolog/contract";
import { findAgentFiles } from "../../src/reader/places.ts";
import { type BrokenLine, TranscriptReader } from "../../src/reader/transcriptReader.ts";
import { FIXTURES } from "../translate/rows.ts";

/** A reader for each transcript of a recording: the sessions' own and their sub-agents'. */
export function readersOf(name: string): TranscriptReader[] {
  const directory = join(FIXTURES, name);
  const files = readdirSync(directory).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) => {
    const session = { sessionId: file.slice(0, -".jsonl".length), path: join(directory, file) };
    const main = { sessionId: session.sessionId, agentId: null, agentType: null };
    const own = new TranscriptReader(session.path, main);
    const agents = findAgentFiles(session).map(
      ({ path, ...agent }) => new TranscriptReader(path, { ...main, ...agent }, null, [own]),
    );
    return [own, ...agents];
  });
}

/** Reads all that is there now. */
export function readAll(reader: TranscriptReader): {
  records: IngestRecord[];
  broken: BrokenLine[];
} {
  const records: IngestRecord[] = [];
  const broken: BrokenLine[] = [];
  for (let more = true; more; ) {
    const portion = reader.read();
    records.push(...portion.records);
    broken.push(...portion.broken);
    more = portion.more;
  }
  return { records, broken };
}
