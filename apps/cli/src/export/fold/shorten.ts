import { stripVTControlCharacters } from "node:util";
import { count, printable } from "../../output/text.ts";

/** How much of a long text is kept of its end: what came of it mostly stands there. */
const OF_END = 0.25;

/** A text without control characters, of about so many at most; what is left out of its middle is told. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return cleanOf(text);
  const end = Math.floor(most * OF_END);
  const left = count(text.length - most, "character");
  const parts = [text.slice(0, most - end), `[… ${left} left out …]`, text.slice(-end)];
  return detached(parts.map(cleanOf).join("\n"));
}

function cleanOf(text: string): string {
  return printable(stripVTControlCharacters(text)).trimEnd();
}

/** The same in memory of its own: a piece of a text holds all of that. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
