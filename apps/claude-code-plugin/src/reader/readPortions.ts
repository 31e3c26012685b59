import { metaOf } from "../places/meta.ts";
import type { SessionFiles } from "../places/sessionFiles.ts";
import { type Portion, TranscriptReader } from "./transcriptReader.ts";

/** A portion and where it comes from. */
export interface Found extends Portion {
  readonly path: string;
}

/** Reads what a transcript holds now, portion by portion. Throws like fs. */
export function* readPortions(reader: TranscriptReader): Generator<Found> {
  for (let more = true; more; ) {
    const portion = reader.read();
    more = portion.more;
    yield { ...portion, path: reader.path };
  }
}

/** Reads all that a session's transcripts hold now, its own and its sub-agents'. Throws like fs. */
export function* readSession(session: SessionFiles): Generator<Found> {
  const { sessionId, own, agents } = session;
  const main = own.map(
    ({ path }) => new TranscriptReader(path, { sessionId, agentId: null, agentType: null }),
  );
  for (const reader of main) yield* readPortions(reader);
  for (const { path, agentId } of agents) {
    const owner = { sessionId, agentId, ...metaOf(path) };
    yield* readPortions(new TranscriptReader(path, owner, null, main));
  }
}
