const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** From `from` (epoch ms) on, local time is so many minutes ahead of UTC. */
export interface Offset {
  from: number;
  minutes: number;
}

/**
 * The offsets of a zone (IANA) between two times, the one at the beginning first. Throws RangeError
 * where there is no such zone.
 */
export function offsetsOf(zone: string, since: number, until: number): Offset[] {
  const offsetAt = zoneClock(zone);
  const offsets = [{ from: Number.NEGATIVE_INFINITY, minutes: offsetAt(since) }];
  // No zone has changed twice within a day.
  for (let day = since; day < until; day += DAY_MS) {
    const end = Math.min(day + DAY_MS, until);
    const minutes = offsetAt(end);
    if (minutes === offsets.at(-1)?.minutes) continue;
    offsets.push({ from: changeBetween(offsetAt, day, end), minutes });
  }
  return offsets;
}

/** The first whole minute of the new offset. */
function changeBetween(offsetAt: (time: number) => number, before: number, after: number): number {
  const old = offsetAt(before);
  let [low, high] = [Math.floor(before / MINUTE_MS), Math.ceil(after / MINUTE_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE_MS) === old) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

/** Minutes that the zone's clocks are ahead of UTC at a time (epoch ms). */
function zoneClock(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (time) => {
    const shown = Object.fromEntries(
      format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
    ) as Record<"year" | "month" | "day" | "hour" | "minute", number>;
    const { year, month, day, hour, minute } = shown;
    const local = Date.UTC(year, month - 1, day, hour, minute);
    return Math.round((local - Math.floor(time / MINUTE_MS) * MINUTE_MS) / MINUTE_MS);
  };
}

/** The local day of a time, in days since 1970-01-01. */
export function localDay(time: number, offsets: readonly Offset[]): number {
  const offset = offsets.findLast(({ from }) => time >= from)?.minutes ?? 0;
  return Math.floor((time + offset * MINUTE_MS) / DAY_MS);
}

/** The same as SQL over an expression of epoch ms. */
export function localDaySql(time: string, offsets: readonly Offset[]): string {
  const [first, ...later] = offsets;
  const minutes = later.reduce(
    (sql, { from, minutes }) => `CASE WHEN ${time} >= ${from} THEN ${minutes} ELSE ${sql} END`,
    String(first?.minutes ?? 0),
  );
  // Times are after 1970: SQLite's division cuts towards zero.
  return `((${time} + (${minutes}) * ${MINUTE_MS}) / ${DAY_MS})`;
}

/** `2026-10-05` of a day. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of a date. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** `2026-10` of a day. */
export function monthOf(day: number): string {
  return dateOf(day).slice(0, 7);
}

/** The Monday of a day's week, as ccusage names weeks. */
export function weekOf(day: number): string {
  // 1970-01-01 was a Thursday.
  return dateOf(day - ((day + 3) % 7));
}

/** The first moment (epoch ms) of a local day. */
export function startOfDay(day: number, zone: string): number {
  const guess = day * DAY_MS;
  const offsets = offsetsOf(zone, guess - 2 * DAY_MS, guess + 2 * DAY_MS);
  const starts = offsets.map(({ minutes }) => guess - minutes * MINUTE_MS);
  const isFirst = (time: number) =>
    localDay(time, offsets) === day && localDay(time - 1, offsets) < day;
  // A day may begin with the change itself, where clocks went forward at midnight.
  const candidates = [...starts, ...offsets.map(({ from }) => from)].filter(Number.isFinite);
  return Math.min(...candidates.filter(isFirst), ...(candidates.some(isFirst) ? [] : [guess]));
}
