import {
  type Entity,
  type Kind,
  type RowOf,
  type Source,
  TitleKind,
  type UpsertOf,
} from "@duolog/contract";
import { stampsOfFields } from "./fieldStamps.ts";
import {
  type Fields,
  mergeLong,
  present,
  type Value,
  type Work,
  wins,
  winsRanked,
} from "./order.ts";
import { type Plan, type PlannedField, planOf } from "./plan.ts";
import { formatStamps, laterStamp, NEVER, type Stamp, stampOfRow } from "./stamp.ts";
import { compareStatuses, toldStatus } from "./status.ts";
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

/**
 * Merges an upsert into its row, or into none. Never changes its arguments. Of a text that lies in
 * `blobs` the upsert has the hash and the bytes in its place.
 */
export function merge<K extends Kind>(
  entity: Entity<K>,
  row: MergedRow<K> | null,
  upsert: UpsertOf<K>,
  capture: Capture,
): Merged<MergedRow<K>> {
  const merged = mergeFields(planOf(entity), row as Fields | null, upsert as Fields, capture);
  return merged as unknown as Merged<MergedRow<K>>;
}

/** A row of which nothing is told but its ids. */
export function blankRow<K extends Kind>(
  entity: Entity<K>,
  ids: Partial<UpsertOf<K>>,
): MergedRow<K> {
  return { ...planOf(entity).blank, ...ids } as unknown as MergedRow<K>;
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

function mergeFields(
  plan: Plan,
  row: Fields | null,
  upsert: Fields,
  capture: Capture,
): Merged<Fields> {
  const rowStamp = row ? stampOfRow(row) : NEVER;
  const stamp = stampOfUpsert(upsert, capture);
  const work: Work = {
    next: row ? { ...row } : { ...plan.blank },
    stamps: row ? stampsOfFields(plan, row, rowStamp) : {},
    upsert: normalize(plan, upsert),
    stamp,
    inferredSource: capture.inferredSource,
  };
  listenToMain(plan, row?.isSidechain === false, work);
  for (const field of plan.fields) {
    if (!mergeField(field, work)) return { kind: "conflict", field: field.name };
  }
  const { next } = work;
  if (next.isSidechain === false) speakInMain(work);
  const latest = laterStamp(stamp, rowStamp);
  [next.observedAt, next.observedSeq] = latest;
  next.stamps = formatStamps(work.stamps, latest);
  return row && isSame(row, next) ? { kind: "unchanged" } : { kind: "changed", row: next };
}

/** Brings the upsert's value into `work.next`. False means that the upsert must be refused. */
function mergeField({ name, rule, long }: PlannedField, work: Work): boolean {
  const { next, upsert } = work;
  if (long) {
    mergeLong(long, work);
    return true;
  }
  const ours = present(next[name]);
  const theirs = upsert[name] ?? null;
  next[name] = ours;
  if (rule === "attribution") return attribute(work, theirs);
  if (theirs === null) return true;
  switch (rule) {
    case "identity":
    case "once":
      if (ours !== null && ours !== theirs) return false;
      next[name] = theirs;
      break;
    case "first":
      next[name] = ours ?? theirs;
      break;
    case "larger":
      if (ours === null || theirs > ours) next[name] = theirs;
      break;
    case "main":
      next[name] = ours !== false && theirs;
      break;
    case "latest":
    case "speaker":
    case "voice":
      if (wins(name, ours, theirs, work)) next[name] = theirs;
      break;
    case "earliest":
      if (wins(name, ours, theirs, work, -1)) next[name] = theirs;
      break;
    case "removal":
      mergeRemoval(ours, theirs, work);
      break;
    case "status":
      mergeStatus(theirs as string, work);
      break;
    case "title":
      if (name === "title") mergeTitle(theirs as string, work);
      break;
    case "bytes":
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
  // Of two first prompts the first one is the title.
  if (winsRanked("title", rank, ours, theirs, work, kind === TitleKind.prompt ? -1 : 1)) {
    Object.assign(work.next, { title: theirs, titleKind: kind });
  }
}

/** M4: what an agent tells beats `running`, and that does not take back what was inferred (M8). */
function mergeStatus(theirs: string, work: Work): void {
  const ours = toldStatus(work.next);
  const rank = ours === null ? 1 : compareStatuses(theirs, ours);
  if (!winsRanked("status", rank, ours, theirs, work) || theirs === ours) return;
  Object.assign(work.next, { status: theirs, statusInferred: false });
}

/** A removal that was told beats one that followed from a revert (M8). */
function mergeRemoval(ours: Value, theirs: Value, work: Work): void {
  const told = work.next.removedInferred ? null : ours;
  if (!wins("removedAt", told, theirs, work)) return;
  Object.assign(work.next, { removedAt: theirs, removedInferred: false });
}

/** M8: what a sub-agent told of a row is nothing beside what the main conversation told of it. */
function listenToMain({ fields }: Plan, wasMain: boolean, { next, stamps, upsert }: Work): void {
  if (wasMain === (upsert.isSidechain === false)) return;
  for (const { name, rule } of fields) {
    if (rule !== "voice") continue;
    if (wasMain) upsert[name] = null;
    else {
      next[name] = null;
      delete stamps[name];
    }
  }
}

/** M8: what was seen in the main conversation is no sub-agent's. */
function speakInMain({ next, stamps }: Work): void {
  next.agentId = null;
  delete stamps.agentId;
}

/** M4: the agent's own time where it tells one, else the time of capture. */
function stampOfUpsert(upsert: Fields, capture: Capture): Stamp {
  const at = upsert.observedAt ?? upsert.updatedAt ?? capture.at;
  return [Number(at), Number(upsert.observedSeq ?? 0)];
}

/** The upsert with empty values as null (M3), and the latest time that it tells as `updatedAt` (M5). */
function normalize({ fields, blank }: Plan, upsert: Fields): Fields {
  const told: Fields = { ...blank };
  let latest: number | null = null;
  for (const { name, isTime, long } of fields) {
    const value = present(upsert[name]);
    told[name] = value;
    if (long) told[long.hash] = present(upsert[long.hash]);
    if (isTime && value !== null && (latest === null || Number(value) > latest)) {
      latest = Number(value);
    }
  }
  told.updatedAt = latest;
  return told;
}

function isSame(row: Fields, next: Fields): boolean {
  for (const field in next) if ((row[field] ?? null) !== (next[field] ?? null)) return false;
  return true;
}
