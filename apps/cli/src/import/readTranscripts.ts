import { openHistory } from "@duolog/claude-code-plugin/translate";
import type { Found } from "@duolog/contract";

/** All that Claude Code keeps below its configuration directories, read as live capture does. Throws like fs. */
export function* readTranscripts(configDirs: readonly string[]): Generator<Found> {
  for (const part of openHistory(configDirs).parts) yield* part.read();
}
