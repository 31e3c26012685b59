import type { ErrorCode } from "./errors.ts";
import type { Message, MessageTypes, Session, SessionTypes } from "./generated/model.ts";

/** Columns that the daemon alone writes: never on the wire to it. */
export type SessionDaemonOwned = "sourceInferred" | "stamps" | "changedSeq";
export type MessageDaemonOwned = SessionDaemonOwned | "key";

/** The ids are needed; every other field may be absent or null, which never erases anything (M3). */
type Patch<T, Ids extends keyof T> = { [K in Ids]: NonNullable<T[K]> } & {
  [K in Exclude<keyof T, Ids>]?: T[K] | null;
};

/** A session as known so far. Times are epoch ms, `cost` is USD. */
export type SessionUpsert = Patch<Omit<Session, SessionDaemonOwned>, "id">;

/** A message as known so far, all of its text. Times are epoch ms, `durationMs` ms, `cost` USD. */
export type MessageUpsert = Patch<Omit<Message, MessageDaemonOwned>, "id" | "sessionId">;

/** The type in schema.prisma of every column that a sender may tell. */
export type SessionColumnTypes = Omit<SessionTypes, SessionDaemonOwned>;
export type MessageColumnTypes = Omit<MessageTypes, MessageDaemonOwned>;

/** One thing to record. */
export type IngestRecord =
  | { kind: "session"; data: SessionUpsert }
  | { kind: "message"; data: MessageUpsert };

/** What became of one record: `changed` is false for an exact repeat. */
export type ItemResult = { ok: true; changed: boolean } | { ok: false; error: Refusal };

/** Why a record was refused. */
export interface Refusal {
  code: ErrorCode;
  /** The field at fault, where one is. */
  field: string | null;
  message: string;
}
