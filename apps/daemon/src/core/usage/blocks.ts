/** How long a window of Claude's plans is, ms. */
const BLOCK_MS = 5 * 3_600_000;
const HOUR_MS = 3_600_000;

/** What was used between two moments that no hour's turn parts. */
export interface Activity {
  /** Of the first answer and of the last, epoch ms. */
  first: number;
  last: number;
}

/** A window of five hours from a full hour (UTC) on, or the time between two of them. */
export interface Block<T> {
  start: number;
  end: number;
  isGap: boolean;
  /** What was used in it, in order of time. */
  used: T[];
}

/**
 * Puts what was used, in order of time, into windows as ccusage 20 does: one begins at the full hour of
 * an answer, and another at the first answer after its end or after five idle hours; a longer idle time
 * is a gap.
 */
export function blocksOf<T extends Activity>(used: readonly T[]): Block<T>[] {
  const blocks: Block<T>[] = [];
  let open: Block<T> | null = null;
  for (const activity of used) {
    const last = open?.used.at(-1)?.last ?? 0;
    if (open && activity.first - open.start <= BLOCK_MS && activity.first - last <= BLOCK_MS) {
      open.used.push(activity);
      continue;
    }
    if (open && activity.first - last > BLOCK_MS) {
      const gap = { start: last + BLOCK_MS, end: activity.first, isGap: true, used: [] };
      blocks.push(gap);
    }
    const start = Math.floor(activity.first / HOUR_MS) * HOUR_MS;
    open = { start, end: start + BLOCK_MS, isGap: false, used: [activity] };
    blocks.push(open);
  }
  return blocks;
}

/** True of a window that goes on: its end is to come, and less than five hours are idle. */
export function isActive(block: Block<Activity>, now: number): boolean {
  const last = block.used.at(-1)?.last;
  return !block.isGap && last !== undefined && now < block.end && now - last < BLOCK_MS;
}
