import type { IngestRecord } from "./entities/index.ts";
import { MAX_TIME, MIN_TIME } from "./limits.ts";

/** True where a text can be stored and read back as it is: no NUL, no lone surrogate. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** True where an empty text, or JSON. */
export function isJson(text: string): boolean {
  try {
    return text === "" || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** The text with NUL and lone surrogates, which SQLite or UTF-8 can't hold, as U+FFFD. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The time (epoch ms, rounded down), or null where it is none that can be. */
export function plausibleTime(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const ms = Math.floor(value);
  return ms >= MIN_TIME && ms <= MAX_TIME ? ms : null;
}

/** The length of all texts of a record, UTF-16 units: any of them may be long. */
export function textOf({ data }: IngestRecord): number {
  let length = 0;
  for (const value of Object.values(data)) if (typeof value === "string") length += value.length;
  return length;
}
