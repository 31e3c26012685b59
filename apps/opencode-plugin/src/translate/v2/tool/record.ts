import { type CallFacts, callId, callRecord } from "../../shared/rows/toolCall.ts";
import type { Stamp } from "../../shared/stamp.ts";
import type { Translated } from "../../shared/step.ts";
import { positionOf } from "../message/parts.ts";
import type { Answer, Part } from "../state.ts";

/** A call with what its beginning told. Null where its ids make none that can be kept. */
export function callFacts(answer: Answer, part: Part): CallFacts | null {
  const id = callId(answer.id, part.name);
  if (id === null) return null;
  const { name = null, kind = null, createdAt = null, childSessionId = null } = part.call ?? {};
  return {
    id,
    sessionId: answer.sessionId,
    messageId: answer.id,
    position: positionOf(answer, part),
    name,
    kind,
    input: part.text || null,
    createdAt,
    childSessionId,
  };
}

/** The calls of a given-up attempt that had not ended. */
export function interruptedCalls(answer: Answer, stamp: Stamp): Translated[] {
  const open = answer.parts.filter(({ call, isDropped }) => call && !call.hasEnded && !isDropped);
  return open.flatMap((part) => {
    const facts = callFacts(answer, part);
    return facts ? [callRecord({ ...facts, status: "interrupted" }, stamp)] : [];
  });
}
