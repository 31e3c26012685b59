/** What a column of JSON holds; its fields may be anything. */
export type Json = Record<string, unknown>;

/** The object in a column of JSON; an empty one where there is none, or something else. */
export function objectIn(json: string | null): Json {
  return asObject(valueIn(json));
}

/** The value where it is an object; else an empty one. */
export function asObject(value: unknown): Json {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Json) : {};
}

/** The list in a column of JSON; an empty one where there is none. */
export function listIn(json: string | null): unknown[] {
  const value = valueIn(json);
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty, or a number as text; else null. */
export function textOf(value: unknown): string | null {
  if (typeof value === "number") return value.toLocaleString("en-US");
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** What the JSON says; undefined where it is none. */
export function valueIn(json: string | null): unknown {
  try {
    return json === null ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
