import {
  type ChildKind,
  type Entity,
  entities,
  type History,
  type IngestRecord,
  type Kind,
  mapKinds,
  type Session,
  type SessionEvent,
} from "@duolog/contract";
import { compareRow } from "../core/compare.ts";
import type { MergedRow } from "../core/merge.ts";
import type { SessionRows } from "../storage/record/sessionRows.ts";
import type { Written } from "../storage/record/table.ts";
import type { Repair } from "../storage/repair/repair.ts";
import { type ById, hashesOf, IN_ORDER, type Truth, truthOf } from "./truth.ts";

/** What an agent's own store tells of a session. */
export interface Told {
  sessionId: string;
  records: readonly IngestRecord[];
  /** As of Found. */
  named: ReadonlySet<string>;
  damaged: ReadonlySet<string>;
  history: Pick<History, "live" | "liveOfRows" | "namesOf">;
}

/** A row that is not as the store tells it; `fields` are those that differ. */
export interface DifferingRow {
  kind: Kind;
  id: string;
  fields: string[];
}

/** A row that is in one place only. */
export interface RowRef {
  kind: Kind;
  id: string;
}

/** How the record holds a session that its agent's store tells of. */
export interface Verdict {
  sessionId: string;
  /** Rows that the store tells and the record has not. */
  missing: RowRef[];
  different: DifferingRow[];
  /** Rows that an earlier translation made of what the store tells, and today's does not. */
  outdated: RowRef[];
  /** How many rows of each kind the store has no more. */
  onlyHere: Record<Kind, number>;
}

/** A verdict, and what would set the record right. */
export interface Verified {
  verdict: Verdict;
  repairs: () => Repair[];
}

/** True where the record holds all that the store tells, as it tells it. */
export function isComplete({ missing, different, outdated }: Verdict): boolean {
  return missing.length + different.length + outdated.length === 0;
}

/** Compares a session of the record with what its agent's own store tells, field by field. */
export function verifySession(record: SessionRows, told: Told): Verified {
  const { sessionId } = told;
  const truth = truthOf(sessionId, told.records);
  const onlyHere = mapKinds(() => 0);
  const verdict: Verdict = { sessionId, missing: [], different: [], outdated: [], onlyHere };
  const repairs: (() => Repair)[] = [];
  for (const kind of IN_ORDER) {
    const rows = byId(record.of(kind, sessionId));
    const lost = lostTexts(record, kind, rows, truth);
    for (const [id, row] of truth.rows[kind]) {
      const found = compare(kind, row, rows.get(id) ?? null, told.history, lost);
      if (found === null) continue;
      if (rows.has(id)) verdict.different.push({ kind, id, fields: fieldsOf(found) });
      else verdict.missing.push({ kind, id });
      repairs.push(() => toSet(kind, row, found, truth));
    }
    for (const [id, row] of rows) if (!truth.rows[kind].has(id)) take(kind, row);
  }
  return { verdict, repairs: () => repairs.map((make) => make()) };

  function take(kind: Kind, row: Written<Kind>): void {
    const { id } = row;
    if (!isChild(kind) || !isOutdated(kind, row, told)) {
      onlyHere[kind]++;
      return;
    }
    verdict.outdated.push({ kind, id });
    repairs.push(() => ({ do: "remove", kind, key: [sessionId, id] }));
  }
}

type Found = ReturnType<typeof compareRow>;

function compare(
  kind: Kind,
  told: Written<Kind>,
  row: Written<Kind> | null,
  history: Told["history"],
  lost: ReadonlySet<string>,
): Found | null {
  const entity = entities[kind] as Entity<"message">;
  const [theirs, ours] = [told, row] as (MergedRow<"message"> | null)[];
  const found = compareRow(
    entity,
    theirs as MergedRow<"message">,
    ours ?? null,
    row ? liveIn(kind, row, history) : [],
  );
  for (const { text, hash } of entities[kind].long) {
    const isLost = lost.has((told as unknown as Record<string, string>)[hash] as string);
    if (isLost && !found.set.includes(text)) found.set.push(text);
  }
  return row !== null && found.set.length + found.clear.length === 0 ? null : found;
}

function liveIn(kind: Kind, row: Written<Kind>, history: Told["history"]): readonly string[] {
  return kind === "session" ? history.live(row as Session) : (history.liveOfRows ?? []);
}

/** The hashes of texts that the rows point at, and that are not there. */
function lostTexts(record: SessionRows, kind: Kind, rows: ById, truth: Truth): Set<string> {
  const hashes = [...rows.values()].flatMap((row) => hashesOf(kind, row));
  const known = hashes.filter((hash) => truth.texts.has(hash));
  return new Set(known.length > 0 ? record.missing(known) : []);
}

function toSet(kind: Kind, row: Written<Kind>, { set, clear }: Found, truth: Truth): Repair {
  const texts = hashesOf(kind, row).flatMap((hash) => truth.texts.get(hash) ?? []);
  return { do: "set", kind, told: row as MergedRow<Kind>, set, clear, texts };
}

function fieldsOf({ set, clear }: Found): string[] {
  return [...set, ...clear.filter((field) => !set.includes(field))];
}

/** Of a row that the store does not tell: whether an earlier translation made it of what stands there. */
function isOutdated(
  kind: ChildKind,
  row: Written<Kind>,
  { named, damaged, history }: Told,
): boolean {
  const { id } = row;
  const names = kind === "event" ? history.namesOf(row as Written<"event"> as SessionEvent) : [];
  if (named.has(id) || names.some((name) => named.has(name))) return true;
  return damaged.has(id) && kind === "message" && saysNothing(row as Written<"message">);
}

function saysNothing(row: Written<"message">): boolean {
  const { textContent, reasoningText, reasoningHash, attachments, error, model } = row;
  const said = [textContent, reasoningText, reasoningHash, attachments, error, model];
  return said.every((value) => value === null);
}

function isChild(kind: Kind): kind is ChildKind {
  return kind !== "session";
}

function byId(rows: Written<Kind>[]): Map<string, Written<Kind>> {
  return new Map(rows.map((row) => [row.id, row]));
}
