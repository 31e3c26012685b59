import { compareStamps, laterStamp, timeOfId } from "../../shared/stamp.ts";
import { noted, recorded, refused, type Translated } from "../../shared/step.ts";
import { readError, readModel, readUsage } from "../read.ts";
import { sessionRecord } from "../session/record.ts";
import {
  type Answer,
  answerOf,
  laterTold,
  type State2,
  sessionOf,
  toldBefore,
  withAnswer,
  withSession,
} from "../state.ts";
import type { Handler2, Known2 } from "../step.ts";
import { interruptedCalls } from "../tool/record.ts";
import { knownAnswer, settled, told } from "./record.ts";

/**
 * session.step.started: an answer, or another attempt at one. What the attempt before had put out is
 * given up; its calls that had not ended are interrupted.
 */
export const answerStarted: Handler2 = (state, event) => {
  const { reader, data, stamp, sessionId } = event;
  const id = reader.id(data.assistantMessageID, "assistantMessageID");
  if (id === null) return refused(state, event);
  const before = knownAnswer(state, event, id);
  if (before.attempt && compareStamps(stamp, before.attempt) <= 0) return noted(state, event);
  const model = readModel(data.model, "model", reader);
  const started = reader.time(data.started, "started");
  const answer: Answer = {
    ...before,
    ...model,
    attempt: stamp,
    createdAt: before.attempt ? before.createdAt : beginOf(before, started ?? stamp.at),
    agent: reader.line(data.agent, "agent"),
    parts: before.parts.map(dropped),
    end: null,
    failure: null,
  };
  const [settledState, others] = settleOther(state, event, id);
  const { answer: last } = sessionOf(settledState, sessionId);
  const next = withSession(settledState, sessionId, {
    answer: laterTold(last, { value: id, stamp }),
  });
  const session = sessionRecord(event, model);
  return told(next, event, answer, session, ...interruptedCalls(before, stamp), ...others);
};

/** session.step.ended: how it ended, and what it took. */
export const stepEnded: Handler2 = (state, event) => {
  const { reader, data, stamp } = event;
  const id = reader.id(data.assistantMessageID, "assistantMessageID");
  if (id === null) return refused(state, event);
  const before = knownAnswer(state, event, id);
  if (isOfEarlierAttempt(before, event)) return noted(state, event);
  const end = {
    ...readUsage(data, reader),
    completedAt: stamp.at,
    finishReason: reader.line(data.finish, "finish"),
    error: null,
  };
  return told(state, event, { ...before, end, failure: null });
};

/**
 * session.step.failed. Whether it is tried again is not known yet, and an error once told stays: it
 * is told when the execution ended or another answer began.
 */
export const stepFailed: Handler2 = (state, event) => {
  const { reader, data, stamp } = event;
  const id = reader.id(data.assistantMessageID, "assistantMessageID");
  if (id === null) return refused(state, event);
  const before = knownAnswer(state, event, id);
  if (isOfEarlierAttempt(before, event)) return noted(state, event);
  const failure = {
    ...readUsage(data, reader),
    completedAt: stamp.at,
    finishReason: reader.line(data.finish, "finish") ?? "error",
    error: readError(data.error, "error", reader),
  };
  const answer = { ...before, failure, stamp: laterStamp(before.stamp, stamp) };
  return recorded(withAnswer(state, answer), event);
};

/** An answer's id is made when it begins; an attempt so much later (ms) is another one. */
const ONE_ATTEMPT = 1_000;

/**
 * When the answer began, by the first attempt that this process was told of; null where that is not
 * the first one: `created_at` once told stays.
 */
function beginOf({ id, parts }: Answer, started: number): number | null {
  const made = timeOfId(id, started);
  const isFirst = parts.length === 0 && (made === null || started - made < ONE_ATTEMPT);
  return isFirst ? started : null;
}

/** True for an event told again, or late, of an attempt that was given up since. */
export function isOfEarlierAttempt({ attempt }: Answer, { stamp }: Known2): boolean {
  return attempt !== null && compareStamps(stamp, attempt) < 0;
}

/** The answer before this one, where it failed: it will not be tried again. */
function settleOther(
  state: State2,
  { sessionId, stamp }: Known2,
  id: string,
): [State2, Translated[]] {
  const last = toldBefore(sessionOf(state, sessionId).answer, stamp);
  const other = last === null ? null : answerOf(state, sessionId, last);
  if (!other?.failure || other.id === id) return [state, []];
  const [over, records] = settled(other);
  return [withAnswer(state, over), records];
}

function dropped(part: Answer["parts"][number]): Answer["parts"][number] {
  return part.isDropped ? part : { ...part, text: "", isDropped: true };
}
