import type { Row } from "./row.ts";

/** The JSON object that a text is; null where it is none. */
export function parseObject(text: unknown): Row | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The object of that name; an empty one where there is none. */
export function objectIn(parent: Row, key: string): Row {
  const value = parent[key];
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
