import {
  isStorable,
  MAX_COST,
  MAX_COUNT,
  MAX_ID,
  MAX_LINE,
  plausibleTime,
  storable,
} from "@duolog/contract";

/** An object of type T as it comes from another program: the names are T's, the values anything. */
export type Loose<T> = { readonly [K in keyof T]?: unknown };

/**
 * Reads a payload's fields. An absent or null field gives null; so does one of another type or
 * out of the wire's limits, and `problems` then holds its name.
 */
export class Reader {
  /** Names of the fields that could not be read. */
  readonly problems: string[] = [];

  /** An object; an empty one where there is none, so that its fields read as absent. */
  object<T>(value: unknown, field: string): Loose<T> {
    if (isObject(value)) return value as Loose<T>;
    this.#absent(value, field);
    return {};
  }

  /** An id. Unlike any other field it must be there. */
  id(value: unknown, field: string): string | null {
    if (isId(value)) return value;
    this.problems.push(field);
    return null;
  }

  /** A text of any length, storable. */
  text(value: unknown, field: string): string | null {
    return typeof value === "string" ? storable(value) : this.#absent(value, field);
  }

  /** A text of at most `max` UTF-16 units; what is longer is cut. */
  line(value: unknown, field: string, max = MAX_LINE): string | null {
    return typeof value === "string" ? storable(value.slice(0, max)) : this.#absent(value, field);
  }

  /** A whole number from 0. */
  count(value: unknown, field: string): number | null {
    const count = this.#amount(value, field, MAX_COUNT);
    return count === null ? null : Math.floor(count);
  }

  /** USD. */
  cost(value: unknown, field: string): number | null {
    return this.#amount(value, field, MAX_COST);
  }

  /** Epoch ms. OpenCode writes 0 for some times that are not set. */
  time(value: unknown, field: string): number | null {
    return value === 0 ? null : (plausibleTime(value) ?? this.#absent(value, field));
  }

  #amount(value: unknown, field: string, max: number): number | null {
    const ok = typeof value === "number" && value >= 0 && value <= max;
    return ok ? value : this.#absent(value, field);
  }

  #absent(value: unknown, field: string): null {
    if (value !== undefined && value !== null) this.problems.push(field);
    return null;
  }
}

/** True for a text that can be an id. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID && isStorable(value);
}

/** True for an object that is no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
