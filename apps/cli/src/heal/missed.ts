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
 * Sessions of an agent that the record does not have, and that were written to after its plugin was last
 * heard of: whatever brings them is not there. Null where there is none.
 * @param heardAt epoch ms
 * @param now epoch ms
 */
export function missedOf(
  parts: readonly Written[],
  recorded: ReadonlySet<string>,
  heardAt: number,
  now: number,
): Missed | null {
  const strange = parts.filter(({ id, ofMany }) => !ofMany && !recorded.has(id));
  return writtenAfter(
    strange.filter(({ writtenAt }) => writtenAt < now - ARRIVES_MS),
    heardAt,
  );
}

/** Those that were written after the plugin was last heard of. Null where there is none. */
export function writtenAfter(parts: readonly Written[], heardAt: number): Missed | null {
  const late = parts.filter(({ writtenAt }) => writtenAt > heardAt + ARRIVES_MS);
  if (late.length === 0) return null;
  return { sessions: late.length, since: Math.min(...late.map(({ writtenAt }) => writtenAt)) };
}

/** The sessions of both. */
export function both(one: Missed | null, other: Missed | null): Missed | null {
  if (!one || !other) return one ?? other;
  return {
    sessions: one.sessions + other.sessions,
    since: Math.min(one.since, other.since),
  };
}
