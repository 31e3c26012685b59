/** Sessions that an agent wrote and of which live capture brought nothing. */
export interface Missed {
  sessions: number;
  /** When the first of them was last written, epoch ms. */
  since: number;
}

/** What is asked of a part of an agent's store. */
interface Written {
  id: string;
  writtenAt: number;
  ofMany?: true;
}

/** What is written may still be on its way for so long, ms. */
export const ARRIVES_MS = 60_000;

/**
 * Sessions of an agent that the record does not have, and that were written to after all that it has of
 * that agent: whatever brings them is not there. Null where there is none.
 * @param latest when the last of its recorded sessions was last heard of, epoch ms
 * @param now epoch ms
 */
export function missedOf(
  parts: readonly Written[],
  recorded: ReadonlySet<string>,
  latest: number,
  now: number,
): Missed | null {
  const missed = parts
    .filter(({ id, ofMany }) => !ofMany && !recorded.has(id))
    .filter(({ writtenAt }) => writtenAt > latest + ARRIVES_MS && writtenAt < now - ARRIVES_MS);
  if (missed.length === 0) return null;
  return { sessions: missed.length, since: Math.min(...missed.map(({ writtenAt }) => writtenAt)) };
}
