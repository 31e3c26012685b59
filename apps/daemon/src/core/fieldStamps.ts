import { type Fields, present } from "./order.ts";
import type { Plan, PlannedField } from "./plan.ts";
import { type FieldStamps, parseStamps, type Stamp } from "./stamp.ts";

const BY_TIME = new Set(["latest", "earliest", "speaker", "voice", "removal", "status"]);

/** True where it is by time which of two values of a field stays, so that the time is kept. */
function isByTime({ name, rule }: PlannedField): boolean {
  return BY_TIME.has(rule) || (rule === "title" && name === "title");
}

/** The stamp of every present field whose order is by time; `rowStamp` where it has none of its own. */
export function stampsOfFields({ fields }: Plan, row: Fields, rowStamp: Stamp): FieldStamps {
  const own = parseStamps(row.stamps as string | null);
  const stamps: FieldStamps = {};
  for (const field of fields) {
    const { name, long } = field;
    const isThere = present(row[name]) ?? (long && row[long.hash]) ?? null;
    if (isByTime(field) && isThere !== null) stamps[name] = own[name] ?? rowStamp;
  }
  if (row.removedInferred) delete stamps.removedAt;
  return stamps;
}
