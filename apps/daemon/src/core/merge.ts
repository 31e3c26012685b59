import type {
  Entity,
  Field,
  Kind,
  RowOf,
  Rule,
  Source,
  TitleKind,
  UpsertOf,
} from "@duolog/contract";
import {
  compareStamps,
  type FieldStamps,
  formatStamps,
  laterStamp,
  NEVER,
  parseStamps,
  type Stamp,
  stampOfRow,
} from "./stamp.ts";
import { compareTitleKinds, titleKindOf } from "./title.ts";

/** A row without what the write gives it: its change number and its row number. */
export type MergedRow<K extends Kind> = Omit<RowOf<K>, "changedSeq" | "key">;

/** What the upsert itself does not tell. */
export interface Capture {
  /** When it arrived, epoch ms: its time of observation where it names none. */
  at: number;
  /** The source that the connection stands for (M1). */
  inferredSource: Source | null;
}

/** What became of an upsert; `field` is the one that is set once and has another value. */
export type Merged<Row> =
  | { kind: "unchanged" }
  | { kind: "changed"; row: Row }
  | { kind: "conflict"; field: string };

/** Merges an upsert into its row, or into none. Never changes its arguments. */
export function merge<K extends Kind>(
  entity: Entity<K>,
  row: MergedRow<K> | null,
  upsert: UpsertOf<K>,
  capture: Capture,
): Merged<MergedRow<K>> {
  const merged = mergeFields(rulesOf(entity), row as Fields | null, upsert as Fields, capture);
  return merged as Merged<MergedRow<K>>;
}

/** A row of which nothing is told but its ids. */
export function blankRow<K extends Kind>(
  entity: Entity<K>,
  ids: Partial<UpsertOf<K>>,
): MergedRow<K> {
  const blank = Object.fromEntries(rulesOf(entity).map(([field]) => [field, null]));
  return { ...blank, sourceInferred: false, stamps: null, ...ids } as unknown as MergedRow<K>;
}

interface Attribution {
  source: Source | null;
  sourceInferred: boolean;
}

/**
 * The row, with the source that its connection or its messages stand for where none was declared
 * (M1). Of two inferred sources the lexically smaller stays, so that order is no matter.
 */
export function inferSource<Row extends Attribution>(row: Row, inferred: Source | null): Row {
  const isDeclared = row.source !== null && !row.sourceInferred;
  if (isDeclared || inferred === null || (row.source !== null && row.source <= inferred))
    return row;
  return { ...row, source: inferred, sourceInferred: true };
}

/** True while nothing later than its end was observed (M5). Times are epoch ms. */
export function hasEnded(session: { endedAt: number | null; updatedAt: number | null }): boolean {
  return session.endedAt !== null && session.endedAt >= (session.updatedAt ?? 0);
}

type Value = string | number | boolean | null;
type Fields = Record<string, Value>;
/** An entity's rules as pairs, taken apart once: the merge is on the path of every record. */
type Rules = readonly (readonly [field: string, rule: Rule, isTime: boolean])[];

const known = new Map<string, Rules>();

function rulesOf<K extends Kind>({ kind, fields }: Entity<K>): Rules {
  let rules = known.get(kind);
  if (!rules) {
    rules = Object.entries<Field>(fields).map(([field, [rule, holds]]) => [
      field,
      rule,
      holds === "time" && rule !== "observation",
    ]);
    known.set(kind, rules);
  }
  return rules;
}

/** One merge under way: `next` and `stamps` are its own copies. */
interface Work {
  next: Fields;
  stamps: FieldStamps;
  upsert: Fields;
  stamp: Stamp;
  inferredSource: Source | null;
}

function mergeFields(
  rules: Rules,
  row: Fields | null,
  upsert: Fields,
  capture: Capture,
): Merged<Fields> {
  const rowStamp = row ? stampOfRow(row) : NEVER;
  const stamp = stampOfUpsert(upsert, capture);
  const work: Work = {
    next: { sourceInferred: false, ...row },
    stamps: row ? stampsOfFields(rules, row, rowStamp) : {},
    upsert: normalize(rules, upsert),
    stamp,
    inferredSource: capture.inferredSource,
  };
  for (const [field, rule] of rules) {
    if (!mergeField(rule, field, work)) return { kind: "conflict", field };
  }
  const { next } = work;
  const latest = laterStamp(stamp, rowStamp);
  [next.observedAt, next.observedSeq] = latest;
  next.stamps = formatStamps(work.stamps, latest);
  return row && isSame(row, next) ? { kind: "unchanged" } : { kind: "changed", row: next };
}

/** Brings the upsert's value into `work.next`. False means that the upsert must be refused. */
function mergeField(rule: Rule, field: string, work: Work): boolean {
  const ours = present(work.next[field]);
  const theirs = work.upsert[field] ?? null;
  work.next[field] = ours;
  if (rule === "attribution") return attribute(work, theirs);
  if (theirs === null) return true;
  switch (rule) {
    case "identity":
    case "once":
      if (ours !== null && ours !== theirs) return false;
      work.next[field] = theirs;
      break;
    case "first":
      work.next[field] = ours ?? theirs;
      break;
    case "larger":
      if (ours === null || theirs > ours) work.next[field] = theirs;
      break;
    case "latest":
      if (wins(field, ours, theirs, work)) work.next[field] = theirs;
      break;
    case "title":
      if (field === "title") mergeTitle(theirs as string, work);
      break;
    case "observation":
      break;
  }
  return true;
}

/** M1: a declared source is set once and beats an inferred one. False means a conflict. */
function attribute({ next, inferredSource }: Work, declared: Value): boolean {
  if (declared === null) {
    Object.assign(next, inferSource(next as unknown as Attribution, inferredSource));
    return true;
  }
  if (next.source !== null && !next.sourceInferred) return next.source === declared;
  Object.assign(next, { source: declared, sourceInferred: false });
  return true;
}

/** M4: rank first, then as every other text. `titleKind` goes with the title that wins. */
function mergeTitle(theirs: string, work: Work): void {
  const ours = present(work.next.title) as string | null;
  const kind = titleKindOf(theirs, (work.upsert.titleKind ?? null) as TitleKind | null);
  const ourKind = titleKindOf(ours ?? "", (work.next.titleKind ?? null) as TitleKind | null);
  const rank = ours === null ? 1 : compareTitleKinds(kind, ourKind);
  if (rank > 0) work.stamps.title = work.stamp;
  if (rank > 0 || (rank === 0 && wins("title", ours, theirs, work))) {
    Object.assign(work.next, { title: theirs, titleKind: kind });
  }
}

/** M4: the one observed later, then the longer, then the lexically greater; notes a later stamp. */
function wins(field: string, ours: Value, theirs: Value, { stamps, stamp }: Work): boolean {
  const order = ours === null ? 1 : compareStamps(stamp, stamps[field] ?? NEVER);
  if (order > 0) stamps[field] = stamp;
  return order > 0 || (order === 0 && compareValues(theirs, ours) > 0);
}

function compareValues(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}

/** M4: the agent's own time where it tells one, else the time of capture. */
function stampOfUpsert(upsert: Fields, capture: Capture): Stamp {
  const at = upsert.observedAt ?? upsert.updatedAt ?? capture.at;
  return [Number(at), Number(upsert.observedSeq ?? 0)];
}

/** The stamp of every present field whose order is by time. */
function stampsOfFields(rules: Rules, row: Fields, rowStamp: Stamp): FieldStamps {
  const own = parseStamps(row.stamps as string | null);
  const stamps: FieldStamps = {};
  for (const [field, rule] of rules) {
    const byTime = rule === "latest" || (rule === "title" && field === "title");
    if (byTime && present(row[field]) !== null) stamps[field] = own[field] ?? rowStamp;
  }
  return stamps;
}

/** The upsert with empty values as null (M3), and the latest time that it tells as `updatedAt` (M5). */
function normalize(rules: Rules, upsert: Fields): Fields {
  const fields: Fields = {};
  let latest: number | null = null;
  for (const [field, , isTime] of rules) {
    const value = present(upsert[field]);
    fields[field] = value;
    if (isTime && value !== null && (latest === null || Number(value) > latest)) {
      latest = Number(value);
    }
  }
  fields.updatedAt = latest;
  return fields;
}

function present(value: Value | undefined): Value {
  return value === undefined || value === "" ? null : value;
}

function isSame(row: Fields, next: Fields): boolean {
  return Object.keys(next).every((field) => (row[field] ?? null) === (next[field] ?? null));
}
