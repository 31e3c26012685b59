import type {
  Message,
  MessageUpsert,
  Session,
  SessionUpsert,
  Source,
  TitleKind,
} from "@duolog/contract";
import { messageRules, type Rule, sessionRules } from "./rules.ts";
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

/** A session's row without its change number, which the service gives at the write. */
export type SessionRow = Omit<Session, "changedSeq">;
/** A message's row without its change number and row number. */
export type MessageRow = Omit<Message, "changedSeq" | "key">;

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

/** Merges an upsert into a session's row, or into none. Never changes its arguments. */
export function mergeSession(
  row: SessionRow | null,
  upsert: SessionUpsert,
  capture: Capture,
): Merged<SessionRow> {
  return merge(SESSION, row as Fields | null, upsert, capture) as Merged<SessionRow>;
}

/** Merges an upsert into a message's row, or into none. Never changes its arguments. */
export function mergeMessage(
  row: MessageRow | null,
  upsert: MessageUpsert,
  capture: Capture,
): Merged<MessageRow> {
  return merge(MESSAGE, row as Fields | null, upsert, capture) as Merged<MessageRow>;
}

/** The row that a session has until it is told of itself, because a message came first (M7). */
export function blankSession(id: string): SessionRow {
  const blank = Object.fromEntries(Object.keys(sessionRules).map((field) => [field, null]));
  return { ...blank, id, sourceInferred: false, stamps: null } as SessionRow;
}

type Attribution = Pick<SessionRow, "source" | "sourceInferred">;

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
/** A table of rules as pairs, taken apart once: the merge is on the path of every record. */
type Rules = [field: string, rule: Rule][];

const SESSION: Rules = Object.entries(sessionRules);
const MESSAGE: Rules = Object.entries(messageRules);

/** One merge under way: `next` and `stamps` are its own copies. */
interface Work {
  next: Fields;
  stamps: FieldStamps;
  upsert: Fields;
  stamp: Stamp;
  inferredSource: Source | null;
}

function merge(rules: Rules, row: Fields | null, upsert: object, capture: Capture): Merged<Fields> {
  const rowStamp = row ? stampOfRow(row) : NEVER;
  const stamp = stampOfUpsert(upsert as Fields, capture);
  const work: Work = {
    next: { sourceInferred: false, ...row },
    stamps: row ? stampsOfFields(rules, row, rowStamp) : {},
    upsert: normalize(rules, upsert as Fields),
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

const TIMES = ["updatedAt", "createdAt", "completedAt", "endedAt", "removedAt"] as const;

/** The upsert with empty values as null (M3), and the latest time that it tells as `updatedAt` (M5). */
function normalize(rules: Rules, upsert: Fields): Fields {
  const fields: Fields = {};
  for (const [field] of rules) fields[field] = present(upsert[field]);
  let latest: number | null = null;
  for (const field of TIMES) {
    const time = present(upsert[field]) as number | null;
    if (time !== null && (latest === null || time > latest)) latest = time;
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
