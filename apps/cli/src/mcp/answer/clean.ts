import type { Room } from "../room.ts";

/** Keys whose values are ids, by which more is asked for: nothing that anybody said. */
const IDS = new Set([
  "session",
  "message",
  "call",
  "parent",
  "id",
  "sessionId",
  "messageId",
  "toolCallId",
  "parentId",
]);

/** Stands in place of a text that could not be scanned for secrets in time. */
const UNSCANNED = "[left out: not scanned for secrets in time]";

/** A value without secrets, and how many of its texts were left out. */
export interface Cleaned<T> {
  value: T;
  unscanned: number;
}

/** Masks every text within a value, each whole; nothing may be cut off before. */
export async function cleaned<T>(room: Room, given: T): Promise<Cleaned<T>> {
  const texts = new Set<string>();
  mapTexts(given, (text) => {
    texts.add(text);
    return text;
  });
  const all = [...texts];
  const masked = await room.mask(all);
  const clean = new Map(all.map((text, at) => [text, masked[at] ?? UNSCANNED]));
  return {
    value: mapTexts(given, (text) => clean.get(text) ?? UNSCANNED),
    unscanned: masked.filter((text) => text === null).length,
  };
}

/** A copy in which each text that is no id is what `map` makes of it. */
function mapTexts<T>(value: T, map: (text: string) => string): T {
  if (typeof value === "string") return map(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, map)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    IDS.has(key) && typeof one === "string" ? one : mapTexts(one, map),
  ]);
  return Object.fromEntries(entries) as T;
}
