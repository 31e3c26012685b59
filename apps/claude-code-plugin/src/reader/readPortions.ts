import { metaOf } from "../places/meta.ts";
import type { SessionFiles } from "../places/sessionFiles.ts";
import { loneSession } from "./loneSession.ts";
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
  for (const { path } of own) {
    yield* readPortions(new TranscriptReader(path, { sessionId, agentId: null, agentType: null }));
  }
  for (const { path, agentId } of agents) {
    yield* readPortions(new TranscriptReader(path, { sessionId, agentId, ...metaOf(path) }));
  }
  if (own.length === 0) yield* readLone(session);
}

/** What sub-agents alone tell of their session. */
export function* readLone({ sessionId, agents }: SessionFiles): Generator<Found> {
  const paths = agents.map(({ path }) => path);
  const record = loneSession(sessionId, paths);
  const told = { broken: [], grew: true, more: false, path: paths[0] ?? "" };
  if (record) yield { ...told, records: [record] };
}
