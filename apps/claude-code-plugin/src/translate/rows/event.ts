import { column, completeEvent, type SessionEventUpsert } from "@duolog/contract";
import { SOURCE } from "./source.ts";

/** What kinds of events Claude Code's lines tell. */
export type EventKind =
  | "error"
  | "retry"
  | "compaction"
  | "interrupt"
  | "permission"
  | "model"
  | "rename"
  | "fork"
  | "cwd"
  | "injected"
  | "reply"
  | "prompt"
  | "other";

/** An event of a session. Times are epoch ms. */
export interface KnownEvent {
  readonly id: string;
  readonly sessionId: string;
  readonly kind: EventKind;
  readonly messageId: string | null;
  readonly toolCallId: string | null;
  readonly text: string | null;
  /** JSON. */
  readonly data: string | null;
  readonly createdAt: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The event for the wire, every column named. */
export function eventUpsert(known: KnownEvent): Required<SessionEventUpsert> {
  return completeEvent({
    id: column.id(known.id),
    sessionId: column.id(known.sessionId),
    source: column.source(SOURCE),
    kind: column.text(known.kind),
    messageId: column.text(known.messageId),
    toolCallId: column.text(known.toolCallId),
    text: column.text(known.text),
    data: column.text(known.data),
    createdAt: column.time(known.createdAt),
    updatedAt: column.time(known.createdAt),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
}
