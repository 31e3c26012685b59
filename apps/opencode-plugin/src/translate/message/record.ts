import { column, completeMessage, type MessageUpsert, Source } from "@duolog/contract";
import { eventRecord } from "../event.ts";
import { laterStamp, type Stamp } from "../stamp.ts";
import { type MessageState, type State, withMessage } from "../state.ts";
import { type Known, recorded, type Step, type Translated } from "../step.ts";
import { cut, joined, latest, utf8Bytes } from "../text.ts";
import { CONTENT } from "./part.ts";

const SOURCE: "opencode" = Source.opencode;

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
  const record: Translated = { kind: "message", data: messageUpsert(next) };
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
export function messageUpsert(message: MessageState): Required<MessageUpsert> {
  const info = message.info?.value;
  const createdAt = info?.createdAt ?? null;
  const completedAt = info?.completedAt ?? null;
  const text = textsOf(message.parts, "text");
  const reasoning = textsOf(message.parts, "reasoning");
  const stamp = observedStamp(message);
  return completeMessage({
    id: column.id(message.id),
    sessionId: column.id(message.sessionId),
    source: column.source(SOURCE),
    role: column.text(info?.role),
    textContent: column.text(text === null ? null : cut(text)),
    reasoningText: column.text(reasoning === null ? null : cut(reasoning)),
    reasoningBytes: column.count(reasoning === null ? null : utf8Bytes(reasoning)),
    attachments: column.text(attachmentsOf(message)),
    model: column.text(info?.model),
    provider: column.text(info?.provider),
    agent: column.text(info?.agent),
    agentId: column.text(null),
    isSidechain: column.flag(null),
    parentId: column.text(info?.parentId),
    requestId: column.text(null),
    copiedFromId: column.text(null),
    finishReason: column.text(info?.finishReason),
    error: column.text(info?.error),
    promptTokens: column.count(info?.promptTokens),
    completionTokens: column.count(info?.completionTokens),
    reasoningTokens: column.count(info?.reasoningTokens),
    cacheReadTokens: column.count(info?.cacheReadTokens),
    cacheWriteTokens: column.count(info?.cacheWriteTokens),
    cacheWrite1hTokens: column.count(null),
    cost: column.usd(info?.cost),
    durationMs: column.count(durationOf(createdAt, completedAt)),
    createdAt: column.time(createdAt),
    completedAt: column.time(completedAt),
    updatedAt: column.time(
      latest(latest(createdAt, completedAt), latest(message.partsAt, message.removedAt)),
    ),
    removedAt: column.time(message.removedAt),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
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

function durationOf(createdAt: number | null, completedAt: number | null): number | null {
  if (createdAt === null || completedAt === null) return null;
  return Math.max(0, completedAt - createdAt);
}
