const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 168 * HOUR };

const AGO = /^(\d{1,5})([hdw])$/;
const DAY = /^(\d{4})-(\d\d)(?:-(\d\d))?$/;
/** Of ISO 8601: with a zone or, without one, in the local zone. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * The time (epoch ms) that a person means by `2026-10`, `2026-10-05`, `2026-10-05T12:30`, `12h`, `3d`,
 * `2w` (ago), `today` or `yesterday`; null where it is none. Days and months begin in the local zone.
 */
export function parseSince(text: string, now: number): number | null {
  if (text === "today" || text === "yesterday") return daysBefore(now, Number(text !== "today"));
  const [, number, unit = ""] = AGO.exec(text) ?? [];
  if (number) return now - Number(number) * (UNITS[unit] ?? 0);
  const [, year, month, day = "1"] = DAY.exec(text) ?? [];
  if (year) return dayOf(Number(year), Number(month), Number(day));
  const moment = MOMENT.test(text) ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  return Number.isNaN(moment) ? null : moment;
}

function daysBefore(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime();
}

function dayOf(year: number, month: number, day: number): number | null {
  const date = new Date(year, month - 1, day);
  const isThere = date.getMonth() === month - 1 && date.getDate() === day;
  return isThere ? date.getTime() : null;
}
