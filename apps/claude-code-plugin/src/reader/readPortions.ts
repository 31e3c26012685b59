import { findAgentFiles, type SessionFile } from "./places.ts";
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
export function* readSession(file: SessionFile): Generator<Found> {
  const { sessionId } = file;
  const own = new TranscriptReader(file.path, { sessionId, agentId: null, agentType: null });
  const agents = findAgentFiles(file).map(
    ({ path, ...agent }) => new TranscriptReader(path, { sessionId, ...agent }, null, [own]),
  );
  yield* readPortions([own, ...agents]);
}
