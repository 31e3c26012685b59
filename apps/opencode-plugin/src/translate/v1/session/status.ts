import { SessionStatus } from "@duolog/contract";
import type { SessionStatus as SdkStatus } from "@opencode-ai/sdk/v2";
import type { Loose, Reader } from "../../shared/read.ts";
import { ownEvent } from "../../shared/rows/event.ts";
import { NOTHING, type SessionFacts, sessionUpsert } from "../../shared/rows/session.ts";
import { recorded, refused } from "../../shared/step.ts";
import { errorName, errorText } from "../error.ts";
import type { State } from "../state.ts";
import type { Handler, Known, Step } from "../step.ts";

type Beside = Parameters<typeof ownEvent>[2];
type Retry = Extract<SdkStatus, { type: "retry" }>;

/** session.status: busy, retry or idle. A retry is an event too. */
export const sessionStatus: Handler = (state, event) => {
  const { reader, properties } = event;
  const status = reader.object<Retry>(properties.status, "status");
  const { type } = status;
  const known = type === "busy" || type === "retry" || type === "idle";
  if (!known) reader.problems.push("status.type");
  const active = type === "idle" ? SessionStatus.idle : SessionStatus.active;
  const retry = type === "retry" ? retryOf(status, reader) : undefined;
  return doing(state, event, known ? active : null, null, retry);
};

/** session.idle: what older versions tell in place of session.status. */
export const sessionIdle: Handler = (state, event) => doing(state, event, SessionStatus.idle, null);

/** session.compacted: the session was at work; its messages tell the rest. */
export const sessionCompacted: Handler = (state, event) => doing(state, event, null, null);

/**
 * session.error; one that belongs to no session is not for the record. That a person ended the
 * answer is an event of the answer's, which every reader finds there.
 */
export const sessionError: Handler = (state, event) => {
  const { reader, properties } = event;
  if (properties.sessionID === undefined) return [state, []];
  const error = errorText(properties.error, "error", reader);
  const isAbort = errorName(properties.error) === "MessageAbortedError";
  const beside: Beside | undefined = isAbort ? undefined : { kind: "error", text: error };
  return doing(state, event, SessionStatus.error, error, beside);
};

function retryOf({ message, attempt, next }: Loose<Retry>, reader: Reader): Beside {
  const text = reader.text(message, "status.message");
  const data = {
    attempt: reader.count(attempt, "status.attempt"),
    next: reader.time(next, "status.next"),
  };
  return { kind: "retry", text, data };
}

/**
 * What a session is doing, told without the rest: the title or model that this process heard of
 * last may be older than another process's, so repeating them here would claim an observation
 * that was not made (M4).
 */
function doing(
  state: State,
  event: Known,
  status: SessionStatus | null,
  error: string | null,
  beside?: Beside,
): Step {
  const id = event.reader.id(event.properties.sessionID, "sessionID");
  if (id === null) return refused(state, event);
  const told = state.sessions.get(id)?.mark === "deleted" ? null : status;
  const facts: SessionFacts = { ...NOTHING, status: told, error, updatedAt: event.stamp.at };
  const record = { kind: "session" as const, data: sessionUpsert(id, facts, event.stamp) };
  return recorded(state, event, record, ...(beside ? ownEvent(event, id, beside) : []));
}
