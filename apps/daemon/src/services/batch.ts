import {
  entities,
  type IngestRecord,
  type ItemResult,
  KINDS_IN_ORDER,
  type Kind,
  mapKinds,
  type RowOf,
  type Source,
} from "@duolog/contract";
import { blankRow, type Capture, inferSource, type Merged, merge } from "../core/merge.ts";
import type { LongText } from "../storage/record/blobs.ts";
import type { Touched } from "../storage/record/inference.ts";
import type { Key, Rows } from "../storage/record/rows.ts";
import type { Written } from "../storage/record/table.ts";
import { type Change, touchedBy } from "./touched.ts";

/** One record with what its arrival tells. */
export interface Item {
  record: IngestRecord;
  capture: Capture;
  /** Its texts that go into `blobs`; the record has their hashes. */
  texts: LongText[];
  /** Length of all its texts, UTF-16 units. */
  length: number;
}

/** Rows of one table of a batch under work: as read, and as merged; `changed` names those to be written. */
interface Known {
  read: ReadonlyMap<string, AnyRow>;
  current: Map<string, AnyRow>;
  changed: Set<string>;
}

type AnyRow = Written<Kind>;

/** An answer for each item, in order, and the rows that changed, still without their numbers. */
export interface MergedBatch {
  results: ItemResult[];
  /** Sessions first: rows of the others refer to them. */
  changed: [kind: Kind, rows: AnyRow[]][];
  /** The long texts that the rows point at, as far as these items told them. */
  texts: LongText[];
  /** What may have changed for other rows of the sessions. */
  touched: Touched[];
}

/** Reads the rows that the items are about and merges each into its own, in order. Writes nothing. */
export function mergeBatch(items: Item[], rows: Pick<Rows, "read">): MergedBatch {
  const tables = readRows(items, rows);
  const results = items.map((item) => apply(tables, item));
  const changed = KINDS_IN_ORDER.map((kind): [Kind, AnyRow[]] => [kind, changedRows(tables[kind])]);
  return {
    results,
    changed: changed.filter(([, rows]) => rows.length > 0),
    texts: items.flatMap((item) => textsKept(tables, item)),
    touched: touchedBy(KINDS_IN_ORDER.flatMap((kind) => changesOf(kind, tables[kind]))),
  };
}

type Tables = Record<Kind, Known>;

function readRows(items: Item[], rows: Pick<Rows, "read">): Tables {
  const wanted = mapKinds(() => new Map<string, Key>());
  for (const { record } of items) {
    for (const [kind, key] of rowsOf(record)) wanted[kind].set(textOfKey(key), key);
  }
  return mapKinds((kind) => {
    const keys = [...wanted[kind].values()];
    const found: AnyRow[] = keys.length > 0 ? rows.read(kind, keys) : [];
    const read = new Map(found.map((row) => [textOfKey(keyOf(kind, row)), row]));
    return { read, current: new Map(read), changed: new Set<string>() };
  });
}

/** The record's own row, and its session's. */
function rowsOf({ kind, data }: IngestRecord): [Kind, Key][] {
  const own: [Kind, Key] = [kind, keyOf(kind, data)];
  return "sessionId" in data ? [["session", [data.sessionId]], own] : [own];
}

function keyOf(kind: Kind, row: object): Key {
  return entities[kind].key.map((field) => (row as Record<string, string>)[field] as string);
}

/** Ids hold no NUL. */
function textOfKey(key: Key): string {
  return key.join("\0");
}

function apply(tables: Tables, { record, capture }: Item): ItemResult {
  const { kind, data } = record;
  const table = tables[kind];
  const key = textOfKey(keyOf(kind, data));
  if ("sessionId" in data) ensureSession(tables.session, data.sessionId);
  const entity = entities[kind] as (typeof entities)["message"];
  const row = (table.current.get(key) ?? null) as RowOf<"message"> | null;
  const merged = merge(entity, row, data as RowOf<"message">, capture);
  if ("sessionId" in data && merged.kind !== "conflict") {
    inferSessionSource(tables.session, data.sessionId, data.source ?? capture.inferredSource);
  }
  return take(table, key, row, merged);
}

/** The texts of an item that its row has now: another observation's may have won. */
function textsKept(tables: Tables, { record: { kind, data }, texts }: Item): LongText[] {
  if (texts.length === 0) return [];
  const row = tables[kind].current.get(textOfKey(keyOf(kind, data))) as AnyRow | undefined;
  const hashes = new Set(
    entities[kind].long.map(({ hash }) => (row as Record<string, unknown> | undefined)?.[hash]),
  );
  return texts.filter(({ hash }) => hashes.has(hash));
}

/** M7: the session of a row that came first. */
function ensureSession(sessions: Known, id: string): void {
  if (sessions.current.has(id)) return;
  put(sessions, id, { ...blankRow(entities.session, { id }), changedSeq: 0 });
}

/** M1: a session that nobody declared is of its rows' source. */
function inferSessionSource(sessions: Known, id: string, inferred: Source | null): void {
  const row = sessions.current.get(id) as AnyRow;
  const next = inferSource(row, inferred);
  if (next !== row) put(sessions, id, next);
}

function put({ current, changed }: Known, key: string, row: AnyRow): void {
  current.set(key, row);
  changed.add(key);
}

function take(
  table: Known,
  key: string,
  before: Untold | null,
  merged: Merged<object>,
): ItemResult {
  switch (merged.kind) {
    case "unchanged":
      return { ok: true, changed: false };
    case "changed":
      // The number comes at the write: a row gets one for all that a batch changes in it.
      put(table, key, Object.assign(merged.row, { changedSeq: 0 }) as AnyRow);
      return isUntold(before)
        ? { ok: true, changed: true, added: true }
        : { ok: true, changed: true };
    case "conflict":
      return { ok: false, error: conflict(merged.field) };
  }
}

type Untold = { observedAt: number | null; updatedAt: number | null };

/** True of no row, and of a session that was made for a row of its own (M7). */
function isUntold(row: Untold | null): boolean {
  return row === null || (row.observedAt === null && row.updatedAt === null);
}

function conflict(field: string) {
  const message = `${field}: the record has another value already, and it is set once`;
  return { code: "CONFLICT", field, message } as const;
}

function changesOf(kind: Kind, { read, current, changed }: Known): Change[] {
  return [...changed].map((key) => ({
    kind,
    before: read.get(key) ?? null,
    after: current.get(key) as AnyRow,
  }));
}

function changedRows({ current, changed }: Known): AnyRow[] {
  return [...changed].map((key) => current.get(key) as AnyRow);
}
