import { MAX_ID } from "@duolog/contract";
import type { ToolKind } from "../../shared/kind.ts";
import { isObject, type Reader } from "../../shared/read.ts";
import { callId } from "../../shared/rows/toolCall.ts";
import { partOf } from "../message/parts.ts";
import { knownAnswer } from "../message/record.ts";
import { type Answer, type CallBegin, type State2, sessionOf } from "../state.ts";
import type { Known2 } from "../step.ts";

const NOT_BEGUN: CallBegin = {
  name: null,
  kind: null,
  createdAt: null,
  childSessionId: null,
  isCalled: false,
  hasEnded: false,
};

/** A call that an event tells of, as known before. */
export interface CallRef {
  /** The provider's id. */
  readonly name: string;
  readonly answer: Answer;
  readonly call: CallBegin;
  /** Where relative paths start. */
  readonly directory: string | null;
}

/** Null where the event does not say which call it is about, in an id that can be kept. */
export function refOf(state: State2, event: Known2): CallRef | null {
  const { reader, data, sessionId } = event;
  const id = reader.id(data.assistantMessageID, "assistantMessageID");
  const name = reader.id(data.id, "id");
  if (id === null || name === null) return null;
  if (callId(id, name) === null) {
    reader.problems.push("id");
    return null;
  }
  const answer = knownAnswer(state, event, id);
  const call = partOf(answer, "tool", name)?.call ?? NOT_BEGUN;
  const directory = sessionOf(state, sessionId).directory?.value ?? event.directory;
  return { name, answer, call, directory };
}

/** The files that a call's input names. */
export function namedIn(input: unknown): unknown[] {
  return isObject(input) ? [input.filePath ?? input.path] : [];
}

/** The session that a call started: a sub-agent's. */
export function childOf(kind: ToolKind | null, metadata: unknown, reader: Reader): string | null {
  if (!isObject(metadata) || (kind !== "task" && kind !== null)) return null;
  return reader.line(metadata.sessionID, "metadata.sessionID", MAX_ID) || null;
}
