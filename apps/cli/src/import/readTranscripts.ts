import {
  type BrokenLine,
  findSessionFiles,
  readSession,
} from "@duolog/claude-code-plugin/translate";
import type { Found, Unreadable } from "@duolog/contract";

/**
 * All that Claude Code's transcripts below one of its configuration directories hold, read as live
 * capture does. The last line of a session that is being written to may be missing. Throws like fs.
 */
export function* readTranscripts(configDir: string): Generator<Found> {
  for (const file of findSessionFiles(configDir)) {
    for (const { path, records, broken } of readSession(file)) {
      yield { records, unreadable: broken.map((line) => unreadable(path, line)) };
    }
  }
}

/** As the forwarder tells of it. */
function unreadable(transcript: string, { offset, reason, text }: BrokenLine): Unreadable {
  return { raw: { transcript, offset, line: text }, reason: `transcript: ${reason}` };
}
