import { configDirs, findDeletions } from "@duolog/claude-code-plugin/translate";
import { homeOf } from "@duolog/client/local";
import { knownSessions } from "@duolog/daemon/storage";
import type { Place } from "../place.ts";

/** Sessions that Claude Code is about to delete and that are not in the record. */
export interface AtRisk {
  sessions: number;
  /** When the first of them goes, epoch ms: at Claude Code's next start where that is over. */
  from: number;
}

/** So far ahead is looked, ms. */
const AHEAD_MS = 7 * 86_400_000;

/** Null where there is none. Throws like fs. */
export function atRisk(place: Place, env: NodeJS.ProcessEnv, now: number): AtRisk | null {
  const dirs = configDirs(place.paths, { ...env, HOME: homeOf(env) });
  const soon = findDeletions(dirs).filter(({ at }) => at < now + AHEAD_MS);
  if (soon.length === 0) return null;
  const ids = soon.map(({ sessionId }) => sessionId);
  const recorded = knownSessions(place.paths.database, ids);
  const lost = soon.filter(({ sessionId }) => !recorded?.has(sessionId));
  if (lost.length === 0) return null;
  const sessions = new Set(lost.map(({ sessionId }) => sessionId)).size;
  return { sessions, from: Math.min(...lost.map(({ at }) => at)) };
}
