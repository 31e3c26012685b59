import { entities, type IngestRecord, KINDS_IN_ORDER, type Kind, mapKinds } from "@duolog/contract";
import { mergeBatch } from "../services/batch.ts";
import { outline } from "../services/longText.ts";
import type { LongText } from "../storage/record/blobs.ts";
import type { Written } from "../storage/record/table.ts";

/** Rows by their ids. */
export type ById = ReadonlyMap<string, Written<Kind>>;

/** What an agent's own store tells of one session, merged as the record merges it. */
export interface Truth {
  readonly rows: Readonly<Record<Kind, ById>>;
  /** The long texts by their hashes. */
  readonly texts: ReadonlyMap<string, LongText>;
}

/** What the records of one session, and of no other, give in a record that holds nothing else. */
export function truthOf(sessionId: string, records: readonly IngestRecord[]): Truth {
  const capture = { at: 0, inferredSource: null };
  const outlined = [createdFirst(sessionId, records), ...records].map((record) =>
    outline(record, Number.MAX_SAFE_INTEGER),
  );
  const items = outlined.map((one) => ({ ...one, capture, length: 0 }));
  const { changed, texts } = mergeBatch(items, { read: () => [] });
  const rows = mapKinds((): Map<string, Written<Kind>> => new Map());
  for (const [kind, ofKind] of changed) for (const row of ofKind) rows[kind].set(row.id, row);
  return { rows, texts: new Map(texts.map((text) => [text.hash, text])) };
}

/** M2: its beginning is told once all that tells of the session is read; the earliest is it. */
function createdFirst(id: string, records: readonly IngestRecord[]): IngestRecord {
  const told = records.flatMap(({ kind, data }) =>
    kind === "session" && data.createdAt != null ? [data] : [],
  );
  const [first] = told.sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
  const { createdAt = null, observedAt = null, observedSeq = null } = first ?? {};
  return { kind: "session", data: { id, createdAt, observedAt, observedSeq } };
}

/** The hashes of the long texts that a row points at. */
export function hashesOf(kind: Kind, row: object): string[] {
  const fields = row as Record<string, unknown>;
  return entities[kind].long.flatMap(({ hash }) => (fields[hash] as string | null) ?? []);
}

/** Every kind, in the order in which rows are written. */
export const IN_ORDER: readonly Kind[] = KINDS_IN_ORDER;
