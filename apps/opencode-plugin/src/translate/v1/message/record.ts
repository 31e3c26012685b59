import type { MessageUpsert } from "@duolog/contract";
import { eventRecord } from "../../shared/rows/event.ts";
import { type MessageFacts, messageUpsert } from "../../shared/rows/message.ts";
import { laterStamp, type Stamp } from "../../shared/stamp.ts";
import { recorded, type Translated } from "../../shared/step.ts";
import { joined } from "../../shared/text.ts";
import { type MessageState, type State, withMessage } from "../state.ts";
import type { Known, Step } from "../step.ts";
import { CONTENT } from "./part.ts";

/** A message of which nothing is known but its ids. */
export function blankMessage(sessionId: string, id: string, stamp: Stamp): MessageState {
  return { id, sessionId, stamp, info: null, parts: [], partsAt: null, removedAt: null };
}

/** The message is remembered and recorded as the event left it, with what follows from it. */
export function told(
  state: State,
  event: Known,
  message: MessageState,
  ...beside: Translated[]
): Step {
  const next = { ...message, stamp: laterStamp(message.stamp, event.stamp) };
  const record: Translated = { kind: "message", data: upsertOf(next) };
  return recorded(withMessage(state, next), event, record, ...summaryOf(next), ...beside);
}

/** The summary of a compaction as far as it came, told to the event of the message that asked for it. */
function summaryOf({ sessionId, info, parts, partsAt, stamp }: MessageState): Translated[] {
  const text = textsOf(parts, "text");
  if (!info?.value.isSummary || !info.value.parentId || text === null) return [];
  const id = info.value.parentId;
  return [
    eventRecord(
      { id, sessionId, kind: "compaction", messageId: id, text, updatedAt: partsAt },
      stamp,
    ),
  ];
}

/** That a person ended the answer, under the answer's own id, as events and rows both tell it. */
export function interruptOf({ id, sessionId, info }: MessageState): Translated[] {
  if (!info?.value.isAborted) return [];
  const { error: text, completedAt: createdAt } = info.value;
  return [
    eventRecord({ id, sessionId, kind: "interrupt", messageId: id, text, createdAt }, info.stamp),
  ];
}

/** The whole message as known so far. */
function upsertOf(message: MessageState): Required<MessageUpsert> {
  const { id, sessionId, partsAt, removedAt } = message;
  const info = message.info?.value;
  const facts: MessageFacts = {
    ...info,
    id,
    sessionId,
    role: info?.role ?? null,
    text: textsOf(message.parts, "text"),
    reasoning: textsOf(message.parts, "reasoning"),
    attachments: attachmentsOf(message),
    createdAt: info?.createdAt ?? null,
    partsAt,
    removedAt,
  };
  return messageUpsert(facts, observedStamp(message));
}

/**
 * Where this process was never told of the message itself, other parts of it may be unknown too
 * (they were told to an earlier process, or forgotten). What is known then counts as observed when
 * its parts were begun, so that a piece fills an empty row and never replaces the whole.
 */
function observedStamp({ info, parts, stamp, removedAt }: MessageState): Stamp {
  if (info || removedAt !== null) return stamp;
  const content = parts.filter(({ type }) => CONTENT.includes(type));
  return content.map(({ begun }) => begun).reduce(laterStamp, content[0]?.begun ?? stamp);
}

function textsOf(parts: MessageState["parts"], type: "text" | "reasoning"): string | null {
  return joined(parts.filter((part) => part.type === type).map(({ text }) => text));
}

function attachmentsOf({ parts }: MessageState): string | null {
  const files = parts.filter(({ type, text }) => type === "file" && text !== "");
  return files.length > 0 ? `[${files.map(({ text }) => text).join(",")}]` : null;
}
