import type { ErrorCode } from "../errors.ts";
import { type ChildKind, type Entity, KINDS, type Kind, type UpsertOf } from "./describe.ts";
import { message } from "./message.ts";
import { session } from "./session.ts";
import { sessionEvent } from "./sessionEvent.ts";
import { toolCall } from "./toolCall.ts";

export type {
  ChildKind,
  ColumnTypes,
  DaemonOwned,
  Entity,
  Field,
  Holds,
  Kind,
  LongField,
  RowOf,
  Rule,
  UpsertOf,
} from "./describe.ts";

/** Every entity. */
export const entities: { readonly [K in Kind]: Entity<K> } = {
  session,
  message,
  toolCall,
  event: sessionEvent,
};

/** Every kind, a session first, because rows of the others refer to it. */
export const KINDS_IN_ORDER: readonly Kind[] = Object.values(KINDS);

/** A value for each kind. */
export function mapKinds<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return Object.fromEntries(KINDS_IN_ORDER.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/** The kinds whose rows belong to a session. */
export const CHILD_KINDS = KINDS_IN_ORDER.filter((kind): kind is ChildKind => kind !== "session");

/** A session as known so far. Times are epoch ms, `cost` is USD. */
export type SessionUpsert = UpsertOf<"session">;
/** A message as known so far, all of its text. Times are epoch ms, `durationMs` ms, `cost` USD. */
export type MessageUpsert = UpsertOf<"message">;
/** A tool call as known so far. Times are epoch ms, `durationMs` ms; `input` and `data` are JSON. */
export type ToolCallUpsert = UpsertOf<"toolCall">;
/** An event of a session. Times are epoch ms; `data` is JSON. */
export type SessionEventUpsert = UpsertOf<"event">;

/** One thing to record. */
export type IngestRecord = { [K in Kind]: { kind: K; data: UpsertOf<K> } }[Kind];

/**
 * What became of one record: `changed` is false for an exact repeat; `added` says that nothing had
 * been told of its row before.
 */
export type ItemResult =
  | { ok: true; changed: boolean; added?: boolean }
  | { ok: false; error: Refusal };

/** Why a record was refused. */
export interface Refusal {
  code: ErrorCode;
  /** The field at fault, where one is. */
  field: string | null;
  message: string;
}
