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
  /** The columns that the merge writes and no sender tells, as they are in a row of which nothing is known. */
  own: Readonly<Record<string, false | null>>;
}

const plans = new Map<Kind, Plan>();

/** The plan of an entity. */
export function planOf<K extends Kind>(entity: Entity<K>): Plan {
  const known = plans.get(entity.kind);
  if (known) return known;
  const any = entity as unknown as Entity;
  const plan = { fields: fieldsOf(any), own: ownOf(any) };
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

function ownOf({ fields, types }: Entity): Plan["own"] {
  const own = Object.entries<string>(types).filter(
    ([name]) => !(name in fields) && !OF_THE_WRITE.includes(name),
  );
  return Object.fromEntries(own.map(([name, type]) => [name, type === "Boolean" ? false : null]));
}
