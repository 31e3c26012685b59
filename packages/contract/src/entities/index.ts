import type { ErrorCode } from "../errors.ts";
import type { Entity, Kind, UpsertOf } from "./describe.ts";
import { message } from "./message.ts";
import { session } from "./session.ts";

export type {
  ColumnTypes,
  DaemonOwned,
  Entity,
  Field,
  Holds,
  Kind,
  RowOf,
  Rule,
  UpsertOf,
} from "./describe.ts";

/** Every entity; a session first, because rows of the others refer to it. */
export const entities: { readonly [K in Kind]: Entity<K> } = { session, message };

/** The kinds in the order of `entities`. */
export const KINDS_IN_ORDER = Object.keys(entities) as Kind[];

/** A session as known so far. Times are epoch ms, `cost` is USD. */
export type SessionUpsert = UpsertOf<"session">;
/** A message as known so far, all of its text. Times are epoch ms, `durationMs` ms, `cost` USD. */
export type MessageUpsert = UpsertOf<"message">;

/** One thing to record. */
export type IngestRecord = { [K in Kind]: { kind: K; data: UpsertOf<K> } }[Kind];

/** What became of one record: `changed` is false for an exact repeat. */
export type ItemResult = { ok: true; changed: boolean } | { ok: false; error: Refusal };

/** Why a record was refused. */
export interface Refusal {
  code: ErrorCode;
  /** The field at fault, where one is. */
  field: string | null;
  message: string;
}
