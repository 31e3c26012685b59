import { compareVersions } from "@duolog/client/local";

/** What is seen of a daemon in the data directory. */
export interface Sighting {
  /** A process holds the lock. */
  locked: boolean;
  /** The version of the daemon that answers on the socket; null where none does. */
  running: string | null;
  /** Ours. */
  own: string;
  /** How long this has been tried, ms. */
  waitedMs: number;
}

/**
 * - `begin`: nobody is there
 * - `use`: one as new as ours, or newer, runs
 * - `replace`: an older one runs
 * - `wait`: one is starting or stopping
 * - `give-up`: one holds the lock and does not answer
 */
export type Step = "begin" | "use" | "replace" | "wait" | "give-up";

/** How long a daemon may hold the lock without answering, ms. */
export const PATIENCE_MS = 8_000;

/** What to do about the daemon that is there, or not. Only a newer version replaces one. */
export function nextStep({ locked, running, own, waitedMs }: Sighting): Step {
  if (running !== null) return compareVersions(own, running) > 0 ? "replace" : "use";
  if (!locked) return "begin";
  return waitedMs < PATIENCE_MS ? "wait" : "give-up";
}
