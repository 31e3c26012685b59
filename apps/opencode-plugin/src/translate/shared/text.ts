import { MAX_TEXT, storable } from "@duolog/contract";

/** A value that JSON can hold, with the fields that nothing is known of left out. */
export type Facts = { readonly [field: string]: unknown };

/** As much of a storable text as the wire takes. */
export function cut(text: string, max: number = MAX_TEXT): string {
  return text.length > max ? storable(text.slice(0, max)) : text;
}

/** UTF-8 bytes of a text. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Texts in order, joined by a blank line; null where all are empty. */
export function joined(texts: readonly string[]): string | null {
  return texts.filter((text) => text !== "").join("\n\n") || null;
}

/** A value as JSON; null for what has none (a circle, a bigint, a function). */
export function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

/** Facts as JSON in the order in which they are given, without absent ones; null where none is left. */
export function factsJson(facts: Facts): string | null {
  const known = Object.entries(facts).filter(([, value]) => isKnown(value));
  return known.length > 0 ? jsonOf(Object.fromEntries(known)) : null;
}

function isKnown(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== "";
}

/** The later of two times; the other where one is not known. */
export function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
