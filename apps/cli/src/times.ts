const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 168 * HOUR };

const AGO = /^(\d{1,5})([hdw])$/;
const DAY = /^(\d{4})-(\d\d)(?:-(\d\d))?$/;
/** Of ISO 8601: with a zone or, without one, in the local zone. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;

/** The times (epoch ms) from the first on and before the second; a moment has both the same. */
type Span = readonly [from: number, before: number];

/**
 * The time (epoch ms) from which on a person means by `2026-10`, `2026-10-05`, `2026-10-05T12:30`, `12h`,
 * `3d`, `2w` (ago), `today` or `yesterday`; null where it is none. Days and months begin in the local zone.
 */
export function parseSince(text: string, now: number): number | null {
  return spanOf(text, now)?.[0] ?? null;
}

/** As above the time before which: a day or month that is named is meant to its end. */
export function parseUntil(text: string, now: number): number | null {
  return spanOf(text, now)?.[1] ?? null;
}

function spanOf(text: string, now: number): Span | null {
  if (text === "today" || text === "yesterday") return daysBefore(now, Number(text !== "today"));
  const [, number, unit = ""] = AGO.exec(text) ?? [];
  if (number) return momentAt(now - Number(number) * (UNITS[unit] ?? 0));
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year) return dateOf(Number(year), Number(month), day === undefined ? null : Number(day));
  return MOMENT.test(text) ? momentAt(Date.parse(text.replace(" ", "T"))) : null;
}

function momentAt(time: number): Span | null {
  return Number.isNaN(time) ? null : [time, time];
}

function daysBefore(now: number, days: number): Span {
  const date = new Date(now);
  return dayFrom(date.getFullYear(), date.getMonth(), date.getDate() - days);
}

/** A day, or a whole month. */
function dateOf(year: number, month: number, day: number | null): Span | null {
  const date = new Date(year, month - 1, day ?? 1);
  if (date.getMonth() !== month - 1 || date.getDate() !== (day ?? 1)) return null;
  if (day !== null) return dayFrom(year, month - 1, day);
  return [date.getTime(), new Date(year, month, 1).getTime()];
}

function dayFrom(year: number, month: number, day: number): Span {
  return [new Date(year, month, day).getTime(), new Date(year, month, day + 1).getTime()];
}
