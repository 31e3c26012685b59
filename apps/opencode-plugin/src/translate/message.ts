import {
  column,
  completeMessage,
  MAX_TEXT,
  type MessageUpsert,
  Source,
  storable,
} from "@duolog/contract";
import type { AssistantMessage, TextPart as SdkTextPart, UserMessage } from "@opencode-ai/sdk/v2";
import { errorText } from "./error.ts";
import type { Loose, Reader } from "./read.ts";
import { compareStamps, laterStamp, type Stamp, stampOfId } from "./stamp.ts";
import {
  findMessage,
  type MessageInfo,
  type MessageState,
  placePart,
  type State,
  type TextPart,
  withMessage,
  withoutMessage,
} from "./state.ts";
import { type Handler, type Known, noted, recorded, refused, type Step } from "./step.ts";

const SOURCE: "opencode" = Source.opencode;

type SdkMessage = Omit<AssistantMessage, "role"> & Pick<UserMessage, "model">;
type Tokens = AssistantMessage["tokens"];

/** message.updated: everything but the text. */
export const messageInfo: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<SdkMessage & { role: unknown }>(properties.info, "info");
  const id = reader.id(info.id, "info.id");
  const sessionId = reader.id(properties.sessionID ?? info.sessionID, "sessionID");
  if (id === null || sessionId === null) return refused(state, event);
  const before = findMessage(state, sessionId, id) ?? blank(sessionId, id, stamp);
  const value = readInfo(info, reader);
  const isLater = !before.info || compareStamps(stamp, before.info.stamp) >= 0;
  return told(state, event, { ...before, info: isLater ? { value, stamp } : before.info });
};

/**
 * message.part.updated. Only text parts count, each in full: deltas are not read, because a retry
 * streams the same text again into another part.
 */
export const partUpdated: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const part = reader.object<Omit<SdkTextPart, "type"> & { type: unknown }>(
    properties.part,
    "part",
  );
  if (reader.id(part.type, "part.type") !== "text") return noted(state, event);
  const id = reader.id(part.id, "part.id");
  const messageId = reader.id(part.messageID, "part.messageID");
  const sessionId = reader.id(properties.sessionID ?? part.sessionID, "sessionID");
  const text = reader.text(part.text, "part.text");
  if (id === null || messageId === null || sessionId === null || text === null) {
    return refused(state, event);
  }
  const begun = stampOfId(id, event.at) ?? stamp;
  const isOurs = !part.synthetic && !part.ignored;
  const time = reader.time(properties.time, "time");
  const before = findMessage(state, sessionId, messageId) ?? blank(sessionId, messageId, stamp);
  return putPart(state, event, before, { id, text: isOurs ? text : "", stamp, begun }, time);
};

/** message.part.removed: the text is what is left of it. */
export const partRemoved: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const id = reader.id(properties.partID, "partID");
  const messageId = reader.id(properties.messageID, "messageID");
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (id === null || messageId === null || sessionId === null) return refused(state, event);
  const before = findMessage(state, sessionId, messageId);
  if (!before) return noted(state, event);
  return putPart(state, event, before, { id, text: "", stamp, begun: stamp }, stamp.at);
};

/** message.removed: the row stays and tells when OpenCode took the message away. */
export const messageRemoved: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const id = reader.id(properties.messageID, "messageID");
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (id === null || sessionId === null) return refused(state, event);
  const before = findMessage(state, sessionId, id) ?? blank(sessionId, id, stamp);
  const [, results] = told(state, event, { ...before, removedAt: stamp.at });
  return [withoutMessage(state, sessionId, id), results];
};

/** An empty part tells nothing yet, so nothing is recorded for it; a later one has its place. */
function putPart(
  state: State,
  event: Known,
  before: MessageState,
  part: TextPart,
  time: number | null,
): Step {
  const known = before.parts.find(({ id }) => id === part.id);
  if (known && compareStamps(part.stamp, known.stamp) < 0) return noted(state, event);
  const parts = placePart(before.parts, known ? { ...part, begun: known.begun } : part);
  if (!part.text && !known?.text) return noted(withMessage(state, { ...before, parts }), event);
  return told(state, event, { ...before, parts, partsAt: latest(before.partsAt, time) });
}

function told(state: State, event: Known, message: MessageState): Step {
  const next = { ...message, stamp: laterStamp(message.stamp, event.stamp) };
  const record = { kind: "message" as const, data: messageUpsert(next) };
  return recorded(withMessage(state, next), event, record);
}

function blank(sessionId: string, id: string, stamp: Stamp): MessageState {
  return { id, sessionId, stamp, info: null, parts: [], partsAt: null, removedAt: null };
}

function readInfo(info: Loose<SdkMessage & { role: unknown }>, reader: Reader): MessageInfo {
  const model = reader.object<UserMessage["model"]>(info.model, "info.model");
  const tokens = reader.object<Tokens>(info.tokens, "info.tokens");
  const cache = reader.object<Tokens["cache"]>(tokens.cache, "info.tokens.cache");
  const time = reader.object<AssistantMessage["time"]>(info.time, "info.time");
  return {
    role: reader.line(info.role, "info.role"),
    model: reader.line(info.modelID ?? model.modelID, "info.modelID"),
    provider: reader.line(info.providerID ?? model.providerID, "info.providerID"),
    agent: reader.line(info.agent, "info.agent"),
    parentId: reader.line(info.parentID, "info.parentID"),
    finishReason: reader.line(info.finish, "info.finish"),
    error: errorText(info.error, "info.error", reader),
    promptTokens: reader.count(tokens.input, "info.tokens.input"),
    completionTokens: reader.count(tokens.output, "info.tokens.output"),
    reasoningTokens: reader.count(tokens.reasoning, "info.tokens.reasoning"),
    cacheReadTokens: reader.count(cache.read, "info.tokens.cache.read"),
    cacheWriteTokens: reader.count(cache.write, "info.tokens.cache.write"),
    cost: reader.cost(info.cost, "info.cost"),
    createdAt: reader.time(time.created, "info.time.created"),
    completedAt: reader.time(time.completed, "info.time.completed"),
  };
}

function messageUpsert(message: MessageState): Required<MessageUpsert> {
  const info = message.info?.value;
  const createdAt = info?.createdAt ?? null;
  const completedAt = info?.completedAt ?? null;
  const stamp = observedStamp(message);
  return completeMessage({
    id: column.id(message.id),
    sessionId: column.id(message.sessionId),
    source: column.source(SOURCE),
    role: column.text(info?.role),
    textContent: column.text(textOf(message.parts)),
    model: column.text(info?.model),
    provider: column.text(info?.provider),
    agent: column.text(info?.agent),
    agentId: column.text(null),
    parentId: column.text(info?.parentId),
    finishReason: column.text(info?.finishReason),
    error: column.text(info?.error),
    promptTokens: column.count(info?.promptTokens),
    completionTokens: column.count(info?.completionTokens),
    reasoningTokens: column.count(info?.reasoningTokens),
    cacheReadTokens: column.count(info?.cacheReadTokens),
    cacheWriteTokens: column.count(info?.cacheWriteTokens),
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
  return parts.map(({ begun }) => begun).reduce(laterStamp);
}

function textOf(parts: readonly TextPart[]): string | null {
  const texts = parts.map(({ text }) => text).filter((text) => text !== "");
  const text = texts.join("\n\n");
  if (text.length > MAX_TEXT) return storable(text.slice(0, MAX_TEXT));
  return text || null;
}

function durationOf(createdAt: number | null, completedAt: number | null): number | null {
  if (createdAt === null || completedAt === null) return null;
  return Math.max(0, completedAt - createdAt);
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
