import {
  type Entity,
  type Field,
  type Holds,
  type IngestRecord,
  type Kind,
  MAX_COST,
  MAX_COUNT,
  MIN_TIME,
  plausibleTime,
  storable,
} from "@duolog/contract";
import { parseStamps, type Stamp, stampOfRow } from "./stamp.ts";

type Value = string | number | boolean | null;
type Fields = Record<string, Value>;

/**
 * The observations that a row was merged from, as far as it still tells them: one for each time at
 * which something in it was observed. Merged, they give the row.
 */
export function observationsOf<K extends Kind>(entity: Entity<K>, row: object): IngestRecord[] {
  const upserts = splitByTime(entity, row as Fields);
  return upserts.map((data) => ({ kind: entity.kind, data }) as unknown as IngestRecord);
}

function splitByTime<K extends Kind>({ key, fields }: Entity<K>, row: Fields): Fields[] {
  const own = parseStamps(row.stamps as string | null);
  const rowStamp = stampOfRow(row);
  const upserts = new Map<string, Fields>();
  const upsertAt = (stamp: Stamp) => {
    const [observedAt, observedSeq] = stamp;
    const known = upserts.get(String(stamp));
    if (known) return known;
    const ids = Object.fromEntries(key.map((id) => [id, clean("id", row[id] ?? null)]));
    const upsert: Fields = { ...ids, observedAt: observedAt || MIN_TIME, observedSeq };
    upserts.set(String(stamp), upsert);
    return upsert;
  };
  upsertAt(rowStamp);
  for (const [field, [rule, holds]] of Object.entries<Field>(fields)) {
    if (rule === "identity" || rule === "observation") continue;
    if (rule === "attribution" && row.sourceInferred) continue;
    const stamp = own[rule === "title" ? "title" : field] ?? rowStamp;
    const value = clean(holds, row[field] ?? null);
    if (value !== null) upsertAt(stamp)[field] = value;
  }
  return [...upserts.values()];
}

/** Older files hold what the wire refuses: times and counts that can't be, NUL in texts. */
function clean(holds: Holds, value: Value): Value {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "number") return value;
  if (holds === "time") return plausibleTime(value);
  const most = holds === "usd" ? MAX_COST : MAX_COUNT;
  return value >= 0 && value <= most ? value : null;
}
