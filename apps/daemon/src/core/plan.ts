import type { Entity, Field, Kind, LongField, Rule } from "@duolog/contract";

/** A field of an entity as the merge goes over it. */
export interface PlannedField {
  name: string;
  rule: Rule;
  /** A time that is told of the row itself, not of its observation. */
  isTime: boolean;
  /** Where the field's text lies elsewhere when it is long. */
  long: LongField | null;
}

/** An entity's description, taken apart once: the merge is on the path of every record. */
export interface Plan {
  fields: readonly PlannedField[];
  /** A row of which nothing is known, with every column that the merge writes. */
  blank: Readonly<Record<string, false | null>>;
}

const plans = new Map<Kind, Plan>();

/** The plan of an entity. */
export function planOf<K extends Kind>(entity: Entity<K>): Plan {
  const known = plans.get(entity.kind);
  if (known) return known;
  const any = entity as unknown as Entity;
  const plan = { fields: fieldsOf(any), blank: blankOf(any) };
  plans.set(entity.kind, plan);
  return plan;
}

function fieldsOf({ fields, long }: Entity): PlannedField[] {
  return Object.entries<Field>(fields).map(([name, [rule, holds]]) => ({
    name,
    rule,
    isTime: holds === "time" && rule !== "observation",
    long: long.find(({ text }) => text === name) ?? null,
  }));
}

/** The number and the change number come at the write. */
const OF_THE_WRITE = ["key", "changedSeq"];

function blankOf({ types }: Entity): Plan["blank"] {
  const columns = Object.entries<string>(types).filter(([name]) => !OF_THE_WRITE.includes(name));
  const blank = columns.map(([name, type]) => [name, type === "Boolean" ? false : null]);
  return quick(Object.fromEntries(blank));
}

/**
 * The object in V8's quick form, which its copies (by spread) share. One that is given its fields by
 * computed names has the slow one of a dictionary: the merge took seven times as long.
 */
export function quick<T extends object>(object: T): T {
  return JSON.parse(JSON.stringify(object));
}
