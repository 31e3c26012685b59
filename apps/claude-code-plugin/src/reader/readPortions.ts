import { metaOf } from "../places/meta.ts";
import type { SessionFiles } from "../places/sessionFiles.ts";
import { type Portion, TranscriptReader } from "./transcriptReader.ts";

/** A portion and where it comes from. */
export interface Found extends Portion {
  readonly path: string;
}

/** Reads what transcripts hold now, portion by portion. Throws like fs. */
export function* readPortions(readers: Iterable<TranscriptReader>): Generator<Found> {
  for (const reader of readers) {
    for (let more = true; more; ) {
      const portion = reader.read();
      more = portion.more;
      yield { ...portion, path: reader.path };
    }
  }
}

/** Reads all that a session's transcripts hold now, its own and its sub-agents'. Throws like fs. */
export function* readSession(session: SessionFiles): Generator<Found> {
  const { sessionId, own, agents } = session;
  const mains = own.map(
    ({ path }) => new TranscriptReader(path, { sessionId, agentId: null, agentType: null }),
  );
  const others = agents.map(
    ({ path, agentId }) => new TranscriptReader(path, { sessionId, agentId, ...metaOf(path) }),
  );
  yield* readPortions([...mains, ...others]);
}
