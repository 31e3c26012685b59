import { type MessageFacts, messageUpsert } from "../../shared/rows/message.ts";
import { laterStamp, type Stamp, stampOfId } from "../../shared/stamp.ts";
import { recorded, type Translated } from "../../shared/step.ts";
import { joined } from "../../shared/text.ts";
import { withPlace } from "../session/record.ts";
import { type Answer, answerOf, type State2, withAnswer } from "../state.ts";
import type { Known2, Step2 } from "../step.ts";

/** The answer as known so far; one of which nothing is known where it never was told. */
export function knownAnswer(state: State2, { sessionId, stamp }: Known2, id: string): Answer {
  return (
    answerOf(state, sessionId, id) ?? {
      id,
      sessionId,
      attempt: null,
      createdAt: null,
      agent: null,
      model: null,
      provider: null,
      parts: [],
      end: null,
      failure: null,
      stamp,
    }
  );
}

/** The answer is remembered and recorded as the event left it, with what follows from it. */
export function told(state: State2, event: Known2, answer: Answer, ...beside: Translated[]): Step2 {
  const next = { ...answer, stamp: laterStamp(answer.stamp, event.stamp) };
  const records = [...answerRecords(next), ...beside];
  return recorded(withAnswer(withPlace(state, event), next), event, ...records);
}

/** A failed answer that will not be tried again, and its record. */
export function settled(answer: Answer): [Answer, Translated[]] {
  const over = { ...answer, end: answer.failure ?? answer.end, failure: null };
  return [over, answerRecords(over)];
}

/**
 * The whole answer as known so far. Of an answer whose beginning this process missed, texts may be
 * missing too: what is known of them then counts as observed when the answer was begun, so that a
 * piece fills an empty row and never replaces the whole.
 */
function answerRecords(answer: Answer): Translated[] {
  const { id, sessionId, agent, model, provider, createdAt, end, stamp } = answer;
  const text = textsOf(answer, "text");
  const reasoning = textsOf(answer, "reasoning");
  const facts: MessageFacts = {
    ...end,
    id,
    sessionId,
    role: "assistant",
    text: null,
    reasoning: null,
    agent,
    model,
    provider,
    createdAt,
    partsAt: stamp.at,
  };
  if (answer.attempt) return [record({ ...facts, text, reasoning }, stamp)];
  const bare = { id, sessionId, role: "assistant", createdAt: null, text, reasoning };
  const pieces = text === null && reasoning === null ? [] : [record(bare, begunAt(answer))];
  return [record(facts, stamp), ...pieces];
}

function record(facts: MessageFacts, stamp: Stamp): Translated {
  return { kind: "message", data: messageUpsert(facts, stamp) };
}

/** By the clock in its id. */
function begunAt({ id, stamp }: Answer): Stamp {
  return stampOfId(id, stamp.at) ?? { at: stamp.at - 1, seq: 0 };
}

function textsOf({ parts }: Answer, type: "text" | "reasoning"): string | null {
  const own = parts.filter((part) => part.type === type && !part.isDropped);
  return joined(own.map(({ text }) => text));
}
