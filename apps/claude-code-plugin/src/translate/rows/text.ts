import { MAX_LINE, MAX_TEXT, storable } from "@duolog/contract";

/** Longest title that a first prompt becomes, in UTF-16 units. */
const MAX_TITLE = 200;

/** The first `max` UTF-16 units, never half a character. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** A text as the wire takes it, null where nothing is left. */
export function wireText(text: string | null): string | null {
  return text ? storable(cut(text, MAX_TEXT)) : null;
}

/** A text as the wire takes it, and the UTF-8 bytes of the whole, before any cut; null where there is none. */
export function wholeText(text: string | null | undefined): {
  text: string | null;
  bytes: number | null;
} {
  if (!text) return { text: null, bytes: null };
  return { text: wireText(text), bytes: Buffer.byteLength(text) };
}

/** At most `max` UTF-16 units of a text as the wire takes it. */
export function wireStart(text: string | null, max: number): string | null {
  return text ? storable(cut(text, max)) : null;
}

/** A one-line text as the wire takes it. */
export function wireLine(text: string | null): string | null {
  return text ? storable(cut(text, MAX_LINE)) : null;
}

/** A title: one line, at most 200 characters. */
export function titleLine(text: string | null): string | null {
  const line = (text ?? "")
    .slice(0, 10 * MAX_TITLE)
    .replace(/\s+/g, " ")
    .trim();
  return line ? storable(cut(line, MAX_TITLE)) : null;
}
