/** When something was observed (M4): epoch ms by the agent's clock, then the order within that ms. */
export interface Stamp {
  readonly at: number;
  readonly seq: number;
}

/** OpenCode's ids: a prefix, 48 bits (ms × 4096 + counter, the top cut off) in hex, 14 random characters. */
const CLOCK_ID = /^[a-z]{3}_([0-9a-f]{9})([0-9a-f]{3})[0-9A-Za-z]{14}$/;
/** The clock inside an id starts anew after so many ms (about 2.2 years). */
const CLOCK_PERIOD = 2 ** 36;
/** An id whose clock is farther than this from the capture holds no clock. */
const ONE_DAY = 86_400_000;

/**
 * The stamp inside an event's or part's id, told with the help of a time (epoch ms) at most a day
 * from it; null where the id holds none. Every event has its own, so live capture and a later
 * reading of the same event agree, and a title changed without a newer `time.updated` is newer.
 */
export function stampOfId(id: unknown, near: number): Stamp | null {
  const stamp = resolveId(id, near);
  return stamp && Math.abs(stamp.at - near) <= ONE_DAY ? stamp : null;
}

/**
 * When an id was made, epoch ms, told with the help of a time at most a year from it; null where
 * the id holds no clock.
 */
export function timeOfId(id: unknown, near: number): number | null {
  return resolveId(id, near)?.at ?? null;
}

function resolveId(id: unknown, near: number): Stamp | null {
  const match = typeof id === "string" ? CLOCK_ID.exec(id) : null;
  if (!match) return null;
  const ahead = signedDistance(Number.parseInt(match[1] ?? "", 16), near, CLOCK_PERIOD);
  return { at: near + ahead, seq: Number.parseInt(match[2] ?? "", 16) };
}

/** True where id `a` was made before id `b`; false too where either holds no clock. */
export function isEarlierId(a: string, b: string): boolean {
  const [left, right] = [CLOCK_ID.exec(a), CLOCK_ID.exec(b)];
  if (!left || !right) return false;
  const value = (match: RegExpExecArray) => Number.parseInt(`${match[1]}${match[2]}`, 16);
  return signedDistance(value(left), value(right), 2 ** 48) < 0;
}

/** Below 0 where `a` is the earlier one. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.at - b.at || a.seq - b.seq;
}

/** The later of the two; `a` where they are equal. */
export function laterStamp(a: Stamp, b: Stamp): Stamp {
  return compareStamps(a, b) >= 0 ? a : b;
}

/** How far `to` is ahead of `from` on a circle: between minus and plus half a period. */
function signedDistance(to: number, from: number, period: number): number {
  const ahead = (((to - from) % period) + period) % period;
  return ahead > period / 2 ? ahead - period : ahead;
}
