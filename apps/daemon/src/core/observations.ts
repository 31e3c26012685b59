import {
  type Entity,
  entities,
  type Field,
  type Holds,
  type IngestRecord,
  type Kind,
  MAX_COST,
  MAX_COUNT,
  MIN_TIME,
  plausibleTime,
  type Rule,
  storable,
} from "@duolog/contract";
import { parseStamps, type Stamp, stampOfRow } from "./stamp.ts";
import { toldStatus } from "./status.ts";

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
    // Only with that word it counts as told by the main conversation (M8).
    if (row.isSidechain === false) upsert.isSidechain = false;
    upserts.set(String(stamp), upsert);
    return upsert;
  };
  upsertAt(rowStamp);
  for (const [field, [rule, holds]] of Object.entries<Field>(fields)) {
    if (rule === "identity" || rule === "observation") continue;
    const value = clean(holds, toldOf(field, rule, row));
    const stamp = own[STAMPED_AS[field] ?? field] ?? rowStamp;
    if (value !== null) upsertAt(stamp)[field] = value;
  }
  return [...upserts.values()];
}

/** The fields that go with another one, by whose stamp they were observed. */
const STAMPED_AS: Readonly<Record<string, string>> = Object.fromEntries([
  ["titleKind", "title"],
  ...Object.values(entities).flatMap(({ long }) => long.map(({ text, bytes }) => [bytes, text])),
]);

/** The value as it was told: what the daemon inferred is no observation. */
function toldOf(field: string, rule: Rule, row: Fields): Value {
  if (rule === "attribution" && row.sourceInferred) return null;
  if (rule === "removal" && row.removedInferred) return null;
  return rule === "status" ? toldStatus(row) : (row[field] ?? null);
}

/** Older files hold what the wire refuses: times and counts that can't be, NUL in texts. */
function clean(holds: Holds, value: Value): Value {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "number") return value;
  if (holds === "time") return plausibleTime(value);
  const most = holds === "usd" ? MAX_COST : MAX_COUNT;
  return value >= 0 && value <= most ? value : null;
}
