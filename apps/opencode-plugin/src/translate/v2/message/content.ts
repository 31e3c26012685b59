import { noted, refused } from "../../shared/step.ts";
import { readObjects } from "../read.ts";
import { type Answer, type Part, withAnswer } from "../state.ts";
import type { Handler2, Known2 } from "../step.ts";
import { withPart } from "./parts.ts";
import { knownAnswer, told } from "./record.ts";
import { isOfEarlierAttempt } from "./step.ts";

/** Most pieces of an answer told apart by ordinal. */
const MAX_ORDINAL = 100_000;

/** session.text.started, session.reasoning.started: only a place among the parts. */
export const partStarted: Handler2 = (state, event) => {
  const ref = refOf(event);
  if (!ref) return refused(state, event);
  const before = knownAnswer(state, event, ref.id);
  if (isOfEarlierAttempt(before, event)) return noted(state, event);
  return noted(withAnswer(state, withPart(before, ref.type, ref.name, {})), event);
};

/** session.text.ended, session.reasoning.ended: the whole text. What streams before is not read. */
export const partEnded: Handler2 = (state, event) => {
  const ref = refOf(event);
  const text = event.reader.text(event.data.text, "text");
  if (!ref || text === null) return refused(state, event);
  const before = knownAnswer(state, event, ref.id);
  if (isOfEarlierAttempt(before, event)) return noted(state, event);
  return told(state, event, withPart(before, ref.type, ref.name, { text }));
};

/** session.message.content.updated: a person wrote an answer anew; its texts come whole. */
export const contentUpdated: Handler2 = (state, event) => {
  const { reader, data } = event;
  const id = reader.id(data.messageID, "messageID");
  if (id === null || !Array.isArray(data.content)) return refused(state, event);
  const before = knownAnswer(state, event, id);
  if (isOfEarlierAttempt(before, event)) return noted(state, event);
  const kept = before.parts.filter(({ type }) => type === "tool");
  const texts = readObjects(data.content, "content", reader).flatMap((item, ordinal): Part[] => {
    const { type } = item;
    const text = reader.text(item.text, "content.text");
    if ((type !== "text" && type !== "reasoning") || text === null) return [];
    return [{ type, name: String(ordinal), text, call: null, isDropped: false }];
  });
  const answer: Answer = { ...before, attempt: event.stamp };
  return told(state, event, { ...answer, parts: [...texts, ...kept] });
};

function refOf({ type, reader, data }: Known2) {
  const id = reader.id(data.assistantMessageID, "assistantMessageID");
  const ordinal = reader.count(data.ordinal ?? 0, "ordinal");
  if (id === null || ordinal === null || ordinal > MAX_ORDINAL) return null;
  const kind: "text" | "reasoning" = type.startsWith("session.text.") ? "text" : "reasoning";
  return { id, name: String(ordinal), type: kind };
}
