import { column, completeEvent, type SessionEventUpsert, Source } from "@duolog/contract";
import type { Stamp } from "../stamp.ts";
import type { Heard, Translated } from "../step.ts";
import { cut, type Facts, factsJson } from "../text.ts";

const SOURCE: "opencode" = Source.opencode;

/** The kinds of session events that OpenCode tells. */
export type EventKind =
  | "archive"
  | "compaction"
  | "cwd"
  | "delete"
  | "error"
  | "fork"
  | "injected"
  | "interrupt"
  | "model"
  | "other"
  | "permission"
  | "rename"
  | "retry"
  | "revert";

/** A session event; what is absent is not known. Times are epoch ms. */
export interface EventFacts {
  readonly id: string;
  readonly sessionId: string;
  readonly kind: EventKind;
  readonly messageId?: string | null;
  readonly toolCallId?: string | null;
  readonly text?: string | null;
  readonly data?: Facts;
  readonly createdAt?: number | null;
  /** Where it is not `createdAt`. */
  readonly updatedAt?: number | null;
}

/** The record of a session event, observed then. */
export function eventRecord(facts: EventFacts, stamp: Stamp): Translated {
  return { kind: "event", data: eventUpsert(facts, stamp) };
}

/** What was told of a session event. */
export function eventUpsert(facts: EventFacts, stamp: Stamp): Required<SessionEventUpsert> {
  const { messageId = null, toolCallId = null, text = null, createdAt = null } = facts;
  return completeEvent({
    id: column.id(facts.id),
    sessionId: column.id(facts.sessionId),
    source: column.source(SOURCE),
    kind: column.text(facts.kind),
    messageId: column.text(messageId),
    toolCallId: column.text(toolCallId),
    text: column.text(text && cut(text)),
    data: column.text(factsJson(facts.data ?? {})),
    createdAt: column.time(createdAt),
    updatedAt: column.time(facts.updatedAt ?? createdAt),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
}

/**
 * The record that a bus event is of itself, under its own id: the same however often and wherever
 * it is read. None where it has no id (a row of the store, versions before ids): there would be
 * nothing to know it by again.
 */
export function ownEvent(
  event: Pick<Heard, "id" | "stamp">,
  sessionId: string,
  facts: Omit<EventFacts, "id" | "sessionId" | "createdAt">,
): Translated[] {
  if (event.id === null) return [];
  const id = event.id.replace(/^evt_/, "");
  return [eventRecord({ ...facts, id, sessionId, createdAt: event.stamp.at }, event.stamp)];
}
