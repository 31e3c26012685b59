/** Any JSON object. */
export type Json = { readonly [key: string]: unknown };

/** True for an object that is no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text, null where it is none or empty. */
export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The count, null where it is none that can be. */
export function asCount(value: unknown, max: number): number | null {
  return typeof value === "number" && value >= 0 && value <= max ? Math.floor(value) : null;
}

/** The larger of two numbers of which either may be missing. */
export function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
