import { type EventFacts, eventRecord } from "../../shared/rows/event.ts";
import { noted, recorded, refused } from "../../shared/step.ts";
import { latest } from "../../shared/text.ts";
import { errorText } from "../error.ts";
import { findMessage, type State, withCut, withMessage } from "../state.ts";
import type { Handler, Known, Step } from "../step.ts";
import { toolPart } from "../tool/part.ts";
import { attachmentOf } from "./attachment.ts";
import { type PartHandler, type PartRef, type Placed, place } from "./part.ts";
import { blankMessage, told } from "./record.ts";

/**
 * message.part.updated. Parts come whole: deltas are not read, because a retry streams the same
 * text again into another part.
 */
export const partUpdated: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const part = reader.object<PartRef["part"]>(properties.part, "part");
  const type = reader.id(part.type, "part.type");
  if (type === null) return noted(state, event);
  const id = reader.id(part.id, "part.id");
  const messageId = reader.id(part.messageID, "part.messageID");
  const sessionId = reader.id(properties.sessionID ?? part.sessionID, "sessionID");
  if (id === null || messageId === null || sessionId === null) return refused(state, event);
  const message =
    findMessage(state, sessionId, messageId) ?? blankMessage(sessionId, messageId, stamp);
  const handle = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
  const ref = { id, messageId, sessionId, type, part, message };
  return (handle ?? otherPart)(state, event, ref);
};

/** message.part.removed: the message is what is left of it. */
export const partRemoved: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const id = reader.id(properties.partID, "partID");
  const messageId = reader.id(properties.messageID, "messageID");
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (id === null || messageId === null || sessionId === null) return refused(state, event);
  const next = withCut(state, sessionId);
  const message = findMessage(next, sessionId, messageId);
  const known = message?.parts.find((part) => part.id === id);
  if (!message) return noted(next, event);
  const placed = place(event, { id, message, type: known?.type ?? "removed" }, {});
  return settle(next, event, placed, stamp.at);
};

const textPart: PartHandler = (state, event, ref) => {
  const { reader, properties } = event;
  const text = reader.text(ref.part.text, "part.text");
  if (text === null) return refused(state, event);
  if (ref.part.synthetic === true && text !== "") return injectedPart(state, event, ref);
  const isOurs = !ref.part.synthetic && !ref.part.ignored;
  const time = reader.time(properties.time, "time");
  return settle(state, event, place(event, ref, { text: isOurs ? text : "" }), time);
};

const reasoningPart: PartHandler = (state, event, ref) => {
  const text = event.reader.text(ref.part.text, "part.text");
  if (text === null) return refused(state, event);
  const time = event.reader.time(event.properties.time, "time");
  return settle(state, event, place(event, ref, { text }), time);
};

const filePart: PartHandler = (state, event, ref) => {
  const text = JSON.stringify(attachmentOf(ref.part, "part", event.reader));
  const time = event.reader.time(event.properties.time, "time");
  return settle(state, event, place(event, ref, { text }), time);
};

/** What OpenCode said in the user's name: a file that it read, its own words after a compaction. */
const injectedPart: PartHandler = (state, event, ref) =>
  eventPart(state, event, ref, {
    id: ref.id,
    kind: "injected",
    text: event.reader.text(ref.part.text, "part.text"),
    createdAt: begunAt(event, ref),
  });

/** Asks for a compaction, by the message's own id; the summary comes to the same event. */
const compactionPart: PartHandler = (state, event, ref) =>
  eventPart(state, event, ref, {
    id: ref.messageId,
    kind: "compaction",
    data: {
      trigger: ref.part.auto === true ? "auto" : "manual",
      overflow: ref.part.overflow === true ? true : null,
    },
    createdAt: begunAt(event, ref),
  });

const retryPart: PartHandler = (state, event, ref) =>
  eventPart(state, event, ref, {
    id: ref.id,
    kind: "retry",
    text: errorText(ref.part.error, "part.error", event.reader),
    data: { attempt: event.reader.count(ref.part.attempt, "part.attempt") },
    createdAt: begunAt(event, ref),
  });

/** Tells nothing but its place. */
const otherPart: PartHandler = (state, event, ref) =>
  settle(state, event, place(event, ref, {}), null);

const PARTS: { readonly [type: string]: PartHandler | undefined } = {
  text: textPart,
  reasoning: reasoningPart,
  file: filePart,
  tool: toolPart,
  compaction: compactionPart,
  retry: retryPart,
};

/** The message as the part left it; where the part is empty there is nothing to tell of it yet. */
function settle(state: State, event: Known, placed: Placed | null, time: number | null): Step {
  if (!placed) return noted(state, event);
  const { message, isChanged, moved } = placed;
  if (!isChanged) return recorded(withMessage(state, message), event, ...moved);
  return told(state, event, { ...message, partsAt: latest(message.partsAt, time) }, ...moved);
}

/** A part that is an event of its own, and nothing of the message but its place. */
function eventPart(
  state: State,
  event: Known,
  ref: PartRef,
  facts: Omit<EventFacts, "sessionId" | "messageId">,
): Step {
  const placed = place(event, ref, {});
  if (!placed) return noted(state, event);
  const { sessionId, messageId } = ref;
  const record = eventRecord({ ...facts, sessionId, messageId }, event.stamp);
  return recorded(withMessage(state, placed.message), event, record, ...placed.moved);
}

/** When the part was begun, epoch ms: what it says itself, else when it was told. */
function begunAt({ reader, properties }: Known, { part }: PartRef): number | null {
  const time = reader.object<{ start: unknown; created: unknown }>(part.time, "part.time");
  return (
    reader.time(time.start ?? time.created, "part.time.start") ??
    reader.time(properties.time, "time")
  );
}
