import { isObject, type Json } from "../translate/json.ts";

/** The object that a line is; null where it is none. */
export function objectIn(line: string): Json | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
