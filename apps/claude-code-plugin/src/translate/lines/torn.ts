import { isObject, type Json } from "../json.ts";

/** The object that a line is, null where it is none. */
export function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** How a line of a transcript may begin. */
const BEGINNING = /\{"(parentUuid|type|sessionId|uuid|isSidechain)":/g;
/** How many beginnings are tried, and in how long a line, UTF-16 units. */
const MOST_BEGINNINGS = 20;
const LONGEST_TORN = 1024 * 1024;

/**
 * A Claude Code that is killed leaves half a line without its newline, and the one that resumes
 * the session writes its first line behind it.
 */
export function afterTorn(text: string): Json | null {
  if (text.length > LONGEST_TORN) return null;
  const beginnings = [...text.matchAll(BEGINNING)].slice(0, MOST_BEGINNINGS);
  for (const { index } of beginnings) {
    const rest = index > 0 ? parseObject(text.slice(index)) : null;
    if (rest) return rest;
  }
  return null;
}
