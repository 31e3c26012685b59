import { isStorable, MAX_COST, MAX_COUNT, MAX_ID, plausibleTime } from "@duolog/contract";

/** Any JSON object. */
export type Json = { readonly [key: string]: unknown };

/** True for an object that is no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of an array; none where it is none. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The object, an empty one where it is none. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The text, null where it is none or empty. */
export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The count, rounded down; null where it is none that can be. */
export function asCount(value: unknown, max: number = MAX_COUNT): number | null {
  return typeof value === "number" && value >= 0 && value <= max ? Math.floor(value) : null;
}

/** The cost, USD; null where it is none that can be. */
export function asCost(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= MAX_COST ? value : null;
}

/** An id that a row can have; cutting or mending one would make it another's. */
export function asId(value: unknown): string | null {
  if (typeof value !== "string" || value === "" || value.length > MAX_ID) return null;
  return isStorable(value) ? value : null;
}

/** Epoch ms of an ISO time. */
export function asTime(value: unknown): number | null {
  return typeof value === "string" ? plausibleTime(Date.parse(value)) : null;
}

/** The larger of two numbers of which either may be missing. */
export function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** JSON of what is told, its keys in the order given; null where nothing is. */
export function toldJson(fields: Json): string | null {
  const told = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return told.length === 0 ? null : JSON.stringify(Object.fromEntries(told));
}
