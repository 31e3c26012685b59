import type {
  IngestRecord,
  ItemResult,
  MessageUpsert,
  Session,
  SessionUpsert,
  Source,
} from "@duolog/contract";
import {
  blankSession,
  type Capture,
  inferSource,
  type Merged,
  mergeMessage,
  mergeSession,
} from "../core/merge.ts";
import type { MessageRecord } from "../storage/record/table.ts";
import type { MessageKey, Rows } from "../storage/record/writer.ts";

/** One record with what its arrival tells. */
export interface Item {
  record: IngestRecord;
  capture: Capture;
}

/** Rows of a batch under work: as read, then as merged; `changed` names those to be written. */
interface Known<Row> {
  current: Map<string, Row>;
  changed: Set<string>;
}

/** An answer for each item, in order, and the rows that changed, still without their numbers. */
export interface MergedBatch {
  results: ItemResult[];
  sessions: Session[];
  messages: MessageRecord[];
}

/** Ids hold no NUL. */
const messageKey = (sessionId: string, id: string) => `${sessionId}\0${id}`;

/** Reads the rows that the items are about and merges each into its own, in order. Writes nothing. */
export function mergeBatch(items: Item[], rows: Rows): MergedBatch {
  const [sessions, messages] = readRows(items, rows);
  const results = items.map(({ record, capture }) =>
    record.kind === "session"
      ? applySession(sessions, record.data, capture)
      : applyMessage(sessions, messages, record.data, capture),
  );
  return { results, sessions: changedRows(sessions), messages: changedRows(messages) };
}

function readRows(items: Item[], rows: Rows): [Known<Session>, Known<MessageRecord>] {
  const sessionIds = new Set<string>();
  const messageKeys = new Map<string, MessageKey>();
  for (const { record } of items) {
    if (record.kind === "session") {
      sessionIds.add(record.data.id);
    } else {
      const { sessionId, id } = record.data;
      sessionIds.add(sessionId);
      messageKeys.set(messageKey(sessionId, id), [sessionId, id]);
    }
  }
  const sessions = rows.readSessions([...sessionIds]);
  const messages = messageKeys.size ? rows.readMessages([...messageKeys.values()]) : [];
  return [
    knownRows(sessions, (row) => row.id),
    knownRows(messages, (row) => messageKey(row.sessionId, row.id)),
  ];
}

function knownRows<Row>(rows: Row[], key: (row: Row) => string): Known<Row> {
  return { current: new Map(rows.map((row) => [key(row), row])), changed: new Set() };
}

function applySession(rows: Known<Session>, upsert: SessionUpsert, capture: Capture): ItemResult {
  return apply(rows, upsert.id, mergeSession(rows.current.get(upsert.id) ?? null, upsert, capture));
}

function applyMessage(
  sessions: Known<Session>,
  messages: Known<MessageRecord>,
  upsert: MessageUpsert,
  capture: Capture,
): ItemResult {
  ensureSession(sessions, upsert.sessionId);
  const key = messageKey(upsert.sessionId, upsert.id);
  const merged = mergeMessage(messages.current.get(key) ?? null, upsert, capture);
  if (merged.kind !== "conflict") {
    inferSessionSource(sessions, upsert.sessionId, upsert.source ?? capture.inferredSource);
  }
  return apply(messages, key, merged);
}

/** M1: a session that nobody declared is of its messages' source. */
function inferSessionSource(rows: Known<Session>, id: string, inferred: Source | null): void {
  const row = rows.current.get(id) as Session;
  const next = inferSource(row, inferred);
  if (next === row) return;
  rows.current.set(id, next);
  rows.changed.add(id);
}

/** M7: the session of a message that came first. */
function ensureSession(sessions: Known<Session>, id: string): void {
  if (sessions.current.has(id)) return;
  sessions.current.set(id, { ...blankSession(id), changedSeq: 0 });
  sessions.changed.add(id);
}

function apply<Row extends { changedSeq: number }>(
  rows: Known<Row>,
  key: string,
  merged: Merged<Omit<Row, "changedSeq">>,
): ItemResult {
  switch (merged.kind) {
    case "unchanged":
      return { ok: true, changed: false };
    case "changed":
      // The number comes at the write: a row gets one for all that a batch changes in it.
      rows.current.set(key, Object.assign(merged.row, { changedSeq: 0 }) as Row);
      rows.changed.add(key);
      return { ok: true, changed: true };
    case "conflict":
      return { ok: false, error: conflict(merged.field) };
  }
}

function conflict(field: string) {
  const message = `${field}: the record has another value already, and it is set once`;
  return { code: "CONFLICT", field, message } as const;
}

function changedRows<Row>({ current, changed }: Known<Row>): Row[] {
  return [...changed].map((key) => current.get(key) as Row);
}
