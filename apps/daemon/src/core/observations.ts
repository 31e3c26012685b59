import {
  type IngestRecord,
  MAX_COST,
  MAX_COUNT,
  type MessageUpsert,
  MIN_TIME,
  plausibleTime,
  type SessionUpsert,
  storable,
} from "@duolog/contract";
import type { MessageRow, SessionRow } from "./merge.ts";
import { messageRules, type Rule, sessionRules } from "./rules.ts";
import { parseStamps, type Stamp, stampOfRow } from "./stamp.ts";

type Value = string | number | boolean | null;
type Fields = Record<string, Value>;

/** The observations that a session's row was merged from, as far as it still tells them. */
export function observationsOfSession(row: SessionRow): IngestRecord[] {
  const upserts = observationsOf(sessionRules, row as unknown as Fields, ["id"]);
  return upserts.map((data) => ({ kind: "session", data: data as unknown as SessionUpsert }));
}

/** The observations that a message's row was merged from, as far as it still tells them. */
export function observationsOfMessage(row: MessageRow): IngestRecord[] {
  const upserts = observationsOf(messageRules, row as unknown as Fields, ["id", "sessionId"]);
  return upserts.map((data) => ({ kind: "message", data: data as unknown as MessageUpsert }));
}

/** One upsert for each time at which something in the row was observed; merged, they give the row. */
function observationsOf(rules: Record<string, Rule>, row: Fields, ids: string[]): Fields[] {
  const own = parseStamps(row.stamps as string | null);
  const rowStamp = stampOfRow(row);
  const upserts = new Map<string, Fields>();
  const upsertAt = (stamp: Stamp) => {
    const [observedAt, observedSeq] = stamp;
    const known = upserts.get(String(stamp));
    if (known) return known;
    const blank = Object.fromEntries(ids.map((id) => [id, clean(id, row[id] ?? null)]));
    const upsert: Fields = { ...blank, observedAt: observedAt || MIN_TIME, observedSeq };
    upserts.set(String(stamp), upsert);
    return upsert;
  };
  upsertAt(rowStamp);
  for (const [field, rule] of Object.entries(rules)) {
    if (rule === "identity" || rule === "observation") continue;
    if (rule === "attribution" && row.sourceInferred) continue;
    const stamp = own[rule === "title" ? "title" : field] ?? rowStamp;
    const value = clean(field, row[field] ?? null);
    if (value !== null) upsertAt(stamp)[field] = value;
  }
  return [...upserts.values()];
}

/** Older files hold what the wire refuses: times and counts that can't be, NUL in texts. */
function clean(field: string, value: Value): Value {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "number") return value;
  if (field.endsWith("At")) return plausibleTime(value);
  const most = field === "cost" ? MAX_COST : MAX_COUNT;
  return value >= 0 && value <= most ? value : null;
}
