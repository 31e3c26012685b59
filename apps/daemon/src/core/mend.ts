import type { Entity, Kind } from "@duolog/contract";
import { stampsOfFields } from "./fieldStamps.ts";
import { blankRow, type MergedRow } from "./merge.ts";
import type { Fields } from "./order.ts";
import { type PlannedField, planOf } from "./plan.ts";
import { formatStamps, laterStamp, NEVER, stampOfRow } from "./stamp.ts";

/** How a row is set right by what its agent's own store tells. */
export interface Mend {
  /** The row as the store tells it, merged from what it holds. */
  told: Fields;
  /** The fields of it that the row gets. */
  set: readonly string[];
  /** The fields that the row has wrongly: the store tells that there is none. */
  clear: readonly string[];
}

/**
 * The row with what the store tells, observed when the store says: no merge, so that what was laid
 * down wrongly goes, whatever its rank and time. What is not named stays.
 */
export function mendRow<K extends Kind>(
  entity: Entity<K>,
  row: MergedRow<K> | null,
  { told, set, clear }: Mend,
): MergedRow<K> {
  const plan = planOf(entity);
  const next = { ...(row ?? blankRow(entity, {})) } as unknown as Fields;
  const rowStamp = row ? stampOfRow(row) : NEVER;
  const stamps = row ? stampsOfFields(plan, next, rowStamp) : {};
  for (const name of entity.key) next[name] = told[name] ?? null;
  const toldStamps = stampsOfFields(plan, told, stampOfRow(told));
  for (const field of plan.fields.filter(({ name }) => set.includes(name))) {
    take(field, told, next);
    const stamp = toldStamps[field.name];
    if (stamp) stamps[field.name] = stamp;
  }
  for (const name of clear) {
    next[name] = null;
    delete stamps[name];
  }
  const latest = laterStamp(rowStamp, stampOfRow(told));
  [next.observedAt, next.observedSeq] = latest;
  next.stamps = formatStamps(stamps, latest);
  return next as unknown as MergedRow<K>;
}

/** What says how a field came to be known. */
const INFERRED: Readonly<Record<string, string>> = {
  source: "sourceInferred",
  status: "statusInferred",
  removedAt: "removedInferred",
};

function take({ name, long }: PlannedField, told: Fields, next: Fields): void {
  next[name] = told[name] ?? null;
  if (long) next[long.hash] = told[long.hash] ?? null;
  const inferred = INFERRED[name];
  if (inferred && inferred in next) next[inferred] = told[inferred] ?? false;
}
