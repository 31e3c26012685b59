import type { SessionStatus } from "@duolog/contract";
import { compareStamps } from "../../shared/stamp.ts";
import { recorded, refused } from "../../shared/step.ts";
import { settled } from "../message/record.ts";
import { readError } from "../read.ts";
import {
  answersOf,
  type State2,
  sessionOf,
  toldBefore,
  withoutAnswers,
  withSession,
} from "../state.ts";
import type { Handler2, Known2, Step2 } from "../step.ts";
import { type Beside, eventRecords, happened, sessionRecord } from "./record.ts";

/** session.execution.started: the session is at work, however many prompts that takes. */
export const executionStarted: Handler2 = (state, event) => {
  const { activeSince } = sessionOf(state, event.sessionId);
  const isLater = !activeSince || compareStamps(event.stamp, activeSince) > 0;
  const next = isLater ? withSession(state, event.sessionId, { activeSince: event.stamp }) : state;
  return recorded(next, event, sessionRecord(event, { status: told(state, event, "active") }));
};

export const executionSucceeded: Handler2 = (state, event) => ended(state, event, "idle", null);

export const executionFailed: Handler2 = (state, event) => {
  const text = readError(event.data.error, "error", event.reader);
  return ended(state, event, "error", text, { kind: "error", text });
};

/** session.execution.interrupted, by a person or by what `reason` names; `shutdown` is resumed later. */
export const executionInterrupted: Handler2 = (state, event) => {
  const reason = event.reader.line(event.data.reason, "reason");
  return ended(state, event, "idle", null, { kind: "interrupt", data: { reason } });
};

/** session.retry.scheduled: the answer will be tried again. */
export const retryScheduled: Handler2 = (state, event) => {
  const { reader, data } = event;
  const messageId = reader.id(data.assistantMessageID, "assistantMessageID");
  if (messageId === null) return refused(state, event);
  return happened(state, event, {
    kind: "retry",
    messageId,
    text: readError(data.error, "error", reader),
    data: { attempt: reader.count(data.attempt, "attempt"), next: reader.time(data.at, "at") },
  });
};

/**
 * The execution is over: a failure is one for good, and answers that ended are forgotten. The end of
 * an earlier one, told again, is nothing of that.
 */
function ended(
  state: State2,
  event: Known2,
  status: SessionStatus,
  error: string | null,
  beside?: Beside,
): Step2 {
  const { sessionId, stamp } = event;
  const { activeSince, answer: last, compaction: begun } = sessionOf(state, sessionId);
  const messageId = toldBefore(last, stamp);
  const session = sessionRecord(event, { status: told(state, event, status), error });
  const own = beside ? eventRecords(event, { messageId, ...beside }) : [];
  if (activeSince && compareStamps(stamp, activeSince) < 0) {
    return recorded(state, event, session, ...own);
  }
  const failed = answersOf(state, sessionId).filter(({ failure }) => failure !== null);
  const over = withoutAnswers(
    state,
    sessionId,
    ({ end, failure }) => end !== null || failure !== null,
  );
  // One that has ended is known by its end, should that be told again.
  const compaction = begun?.endedBy ? begun : null;
  const next = withSession(over, sessionId, { activeSince: null, answer: null, compaction });
  const settledAnswers = failed.flatMap((answer) => settled(answer)[1]);
  return recorded(next, event, session, ...settledAnswers, ...own);
}

/** A session that is gone stays so. */
function told(state: State2, { sessionId }: Known2, status: SessionStatus): SessionStatus | null {
  return sessionOf(state, sessionId).isDeleted ? null : status;
}
