import type { Part } from "../stores/store.ts";
import type { Fingerprints } from "./importState.ts";

/** What of a store is read, and what is not. */
export interface Chosen {
  read: Part[];
  /** As they were when they were read last. */
  unchanged: Part[];
  /** Last written before the time asked for. */
  older: Part[];
}

/**
 * Which parts are to be read.
 * @param taken what the record has taken of them; null to read all
 * @param since epoch ms: what was last written before is left out
 */
export function chooseParts(
  parts: readonly Part[],
  taken: Fingerprints | null,
  since: number | null,
): Chosen {
  const chosen: Chosen = { read: [], unchanged: [], older: [] };
  for (const part of parts) {
    if (taken !== null && taken.get(part.id) === part.fingerprint) chosen.unchanged.push(part);
    else if (since !== null && part.writtenAt < since) chosen.older.push(part);
    else chosen.read.push(part);
  }
  return chosen;
}
