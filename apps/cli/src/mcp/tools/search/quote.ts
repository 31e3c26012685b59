import { whole } from "../../answer/fit.ts";

/** Longest quote, UTF-16 units, and how much of it stands before what was found. */
const QUOTE = 300;
const LEAD = 60;

/** What the daemon cut out of a text, and where in it the words stand. */
export interface Excerpt {
  excerpt: string;
  marks: readonly (readonly [start: number, end: number])[];
}

/**
 * A piece of a text, on one line, around what was found in it. The text has been masked since the daemon
 * looked: where its excerpt is not in it any more, the words in the excerpt say which piece it is, else it
 * is the beginning.
 */
export function quoteOf(text: string, { excerpt, marks }: Excerpt): string {
  const line = text.replace(/\s+/g, " ").trim();
  const [start, end] = placeOf(line, excerpt, marks);
  const from = start > 0 ? afterPair(line, start) : 0;
  const to = whole(line, Math.min(end, line.length));
  return (from > 0 ? "…" : "") + line.slice(from, to) + (to < line.length ? "…" : "");
}

function placeOf(
  line: string,
  excerpt: string,
  marks: Excerpt["marks"],
): [start: number, end: number] {
  const whole = excerpt.replace(/^…|…$/g, "");
  const at = whole === "" ? -1 : line.indexOf(whole);
  if (at >= 0) return [at, at + whole.length];
  const lower = line.toLowerCase();
  const places = marks
    .map(([start, end]) => lower.indexOf(excerpt.slice(start, end).toLowerCase()))
    .filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, line.length) - LEAD);
  return places.length > 0 ? [start, start + QUOTE] : [0, QUOTE];
}

/** Not in the middle of a pair of surrogates. */
function afterPair(text: string, start: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(start)) ? start + 1 : start;
}
