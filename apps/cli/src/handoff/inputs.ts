/** What a tool was given; null where it is no JSON. */
export function parsed(input: string | null): unknown {
  try {
    return JSON.parse(input ?? "null");
  } catch {
    return null;
  }
}

/** A field of an object; undefined where there is none. */
export function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Record<string, unknown>)[field];
}

/** The items of a field that is a list. */
export function listOf(value: unknown, field: string): unknown[] {
  const found = fieldOf(value, field);
  return Array.isArray(found) ? found : [];
}
