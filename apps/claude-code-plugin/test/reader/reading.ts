import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { IngestRecord } from "@duolog/contract";
import { findSession } from "../../src/places/findSession.ts";
import { Finder } from "../../src/places/look/finder.ts";
import { metaOf } from "../../src/places/meta.ts";
import { type BrokenLine, TranscriptReader } from "../../src/reader/transcriptReader.ts";
import { FIXTURES } from "../translate/rows.ts";

/** A reader for each transcript of a recording: the sessions' own and their sub-agents'. */
export function readersOf(name: string): TranscriptReader[] {
  const directory = join(FIXTURES, name);
  const files = readdirSync(directory).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) => {
    const sessionId = file.slice(0, -".jsonl".length);
    const { own, agents } = findSession(new Finder(), sessionId, [directory]);
    const main = { sessionId, agentId: null, agentType: null };
    return [
      ...own.map(({ path }) => new TranscriptReader(path, main)),
      ...agents.map(
        ({ path, agentId }) => new TranscriptReader(path, { ...main, agentId, ...metaOf(path) }),
      ),
    ];
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
