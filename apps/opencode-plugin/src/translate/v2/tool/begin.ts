import { detailsFrom } from "../../shared/details.ts";
import { kindOf } from "../../shared/kind.ts";
import { isObject } from "../../shared/read.ts";
import { callId, callRecord } from "../../shared/rows/toolCall.ts";
import { noted, recorded, refused } from "../../shared/step.ts";
import { jsonOf } from "../../shared/text.ts";
import { partOf, withPart } from "../message/parts.ts";
import { knownAnswer } from "../message/record.ts";
import { isOfEarlierAttempt } from "../message/step.ts";
import { withPlace } from "../session/record.ts";
import { type Answer, type CallBegin, type State2, sessionOf, withAnswer } from "../state.ts";
import type { Handler2, Known2, Step2 } from "../step.ts";
import { childOf } from "./end.ts";
import { callFacts } from "./record.ts";

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

/** session.tool.input.started: the model writes a call's input. It is told once it is called. */
export const toolInputStarted: Handler2 = (state, event) => {
  const ref = refOf(state, event);
  if (!ref) return refused(state, event);
  const name = event.reader.line(event.data.name, "name");
  const kind = name === null ? null : kindOf(name);
  const createdAt = ref.call.createdAt ?? event.stamp.at;
  return begun(state, event, ref, {}, { name, kind, createdAt });
};

/** session.tool.input.ended: what the model wrote, raw. */
export const toolInputEnded: Handler2 = (state, event) => {
  const ref = refOf(state, event);
  const text = event.reader.text(event.data.text, "text");
  if (!ref || text === null) return refused(state, event);
  return begun(state, event, ref, ref.call.isCalled ? {} : { text }, {});
};

/** session.tool.called: the call runs, with its input. */
export const toolCalled: Handler2 = (state, event) => {
  const ref = refOf(state, event);
  if (!ref) return refused(state, event);
  const { input } = event.data;
  const text = input === undefined || input === null ? "" : (jsonOf(input) ?? "");
  const [next] = begun(state, event, ref, { text }, { isCalled: true });
  const { filePath } = detailsFrom({ named: namedIn(input) }, ref.directory);
  return running(next, event, ref, { filePath });
};

/** session.tool.progress: a sub-agent's session, once it is named. */
export const toolProgress: Handler2 = (state, event) => {
  const ref = refOf(state, event);
  if (!ref) return refused(state, event);
  const child = childOf(ref.call.kind, event.data.metadata, event.reader);
  if (child === null || child === ref.call.childSessionId || ref.call.hasEnded) {
    return noted(state, event);
  }
  const [next] = begun(state, event, ref, {}, { childSessionId: child });
  return running(next, event, ref, {});
};

/** The files that a call's input names. */
export function namedIn(input: unknown): unknown[] {
  return isObject(input) ? [input.filePath ?? input.path] : [];
}

function begun(
  state: State2,
  event: Known2,
  { answer, name, call }: CallRef,
  part: { text?: string },
  facts: Partial<CallBegin>,
): Step2 {
  if (isOfEarlierAttempt(answer, event)) return noted(state, event);
  const next = withPart(answer, "tool", name, { ...part, call: { ...call, ...facts } });
  return noted(withAnswer(withPlace(state, event), next), event);
}

function running(
  state: State2,
  event: Known2,
  ref: CallRef,
  beside: { filePath?: string | null },
): Step2 {
  const answer = knownAnswer(state, event, ref.answer.id);
  const part = partOf(answer, "tool", ref.name);
  const facts = part && callFacts(answer, part);
  if (!facts) return noted(state, event);
  return recorded(
    state,
    event,
    callRecord({ ...facts, ...beside, status: "running" }, event.stamp),
  );
}
