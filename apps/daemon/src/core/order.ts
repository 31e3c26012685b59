import type { LongField, Source } from "@duolog/contract";
import { compareStamps, type FieldStamps, NEVER, type Stamp } from "./stamp.ts";

/** A value of a field. */
export type Value = string | number | boolean | null;
/** A row or an upsert by its fields. */
export type Fields = Record<string, Value>;

/** One merge under way: `next` and `stamps` are its own copies. */
export interface Work {
  next: Fields;
  stamps: FieldStamps;
  upsert: Fields;
  stamp: Stamp;
  inferredSource: Source | null;
}

/** The better rank, whenever it was observed; of two of one rank as `wins` says. */
export function winsRanked(
  field: string,
  rank: number,
  ours: Value,
  theirs: Value,
  work: Work,
  direction: 1 | -1 = 1,
): boolean {
  if (rank > 0) work.stamps[field] = work.stamp;
  return rank > 0 || (rank === 0 && wins(field, ours, theirs, work, direction));
}

/**
 * M4: the one observed later (earlier, where `direction` is -1), then the longer, then the lexically
 * greater; notes the stamp of the one that wins.
 */
export function wins(
  field: string,
  ours: Value,
  theirs: Value,
  work: Work,
  direction: 1 | -1 = 1,
): boolean {
  const order = ours === null ? 1 : direction * observedLater(field, work);
  if (order > 0) work.stamps[field] = work.stamp;
  return order > 0 || (order === 0 && compareValues(theirs, ours) > 0);
}

/** Above 0 where the upsert was observed later than the field. */
function observedLater(field: string, { stamps, stamp }: Work): number {
  return compareStamps(stamp, stamps[field] ?? NEVER);
}

function compareValues(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}

/** M4 for a text that may lie in `blobs`: text, hash and bytes are one value. */
export function mergeLong({ text, hash, bytes }: LongField, work: Work): void {
  const { next, upsert } = work;
  const ours = { text: present(next[text]), hash: next[hash] ?? null, bytes: next[bytes] ?? null };
  const theirs = {
    text: upsert[text] ?? null,
    hash: upsert[hash] ?? null,
    bytes: upsert[bytes] ?? null,
  };
  next[text] = ours.text;
  if (theirs.text === null && theirs.hash === null) return;
  const isOurs = ours.text !== null || ours.hash !== null;
  const order = isOurs ? observedLater(text, work) : 1;
  if (order > 0 || (order === 0 && compareLong(theirs, ours) > 0)) {
    Object.assign(next, { [text]: theirs.text, [hash]: theirs.hash, [bytes]: theirs.bytes });
  }
  if (order > 0) work.stamps[text] = work.stamp;
}

interface Long {
  text: Value;
  hash: Value;
  bytes: Value;
}

function compareLong(a: Long, b: Long): number {
  const size = Number(a.bytes) - Number(b.bytes);
  return (
    size || compareValues(a.hash ?? "", b.hash ?? "") || compareValues(a.text ?? "", b.text ?? "")
  );
}

/** The value, null where it is absent or empty (M3). */
export function present(value: Value | undefined): Value {
  return value === undefined || value === "" ? null : value;
}
