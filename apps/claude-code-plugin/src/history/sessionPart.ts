import type { Found, HistoryPart, Unreadable } from "@duolog/contract";
import type { SessionFiles } from "../places/sessionFiles.ts";
import { readSession } from "../reader/readPortions.ts";
import type { BrokenLine } from "../reader/transcriptReader.ts";
import { fingerprintOf, lastWritten } from "./fingerprint.ts";

/** All transcripts of a session as a part of the history. */
export function sessionPart(session: SessionFiles): HistoryPart {
  const files = [...session.own, ...session.agents];
  const stats = files.flatMap(({ stats, meta }) => (meta === null ? [stats] : [stats, meta]));
  return {
    id: session.sessionId,
    fingerprint: fingerprintOf(stats),
    writtenAt: lastWritten(stats),
    bytes: files.reduce((sum, { stats }) => sum + Number(stats.size), 0),
    read: () => read(session),
  };
}

function* read(session: SessionFiles): Generator<Found> {
  for (const { path, records, broken, named, damaged, unknown } of readSession(session)) {
    yield {
      records,
      named,
      damaged,
      unknown,
      unreadable: broken.map((line) => unreadable(path, line)),
    };
  }
}

/** As the forwarder tells of it. */
function unreadable(transcript: string, { offset, reason, text }: BrokenLine): Unreadable {
  return { raw: { transcript, offset, line: text }, reason: `transcript: ${reason}` };
}
