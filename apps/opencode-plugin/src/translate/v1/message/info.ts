import type { AssistantMessage, UserMessage } from "@opencode-ai/sdk/v2";
import type { Loose, Reader } from "../../shared/read.ts";
import { compareStamps } from "../../shared/stamp.ts";
import { refused } from "../../shared/step.ts";
import { errorName, errorText } from "../error.ts";
import { findMessage, type MessageInfo, withCut, withoutMessage } from "../state.ts";
import type { Handler } from "../step.ts";
import { blankMessage, interruptOf, told } from "./record.ts";

type SdkMessage = Omit<AssistantMessage, "role"> & Pick<UserMessage, "model"> & { role: unknown };
type Tokens = AssistantMessage["tokens"];

/** message.updated: everything but its parts. */
export const messageInfo: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<SdkMessage>(properties.info, "info");
  const id = reader.id(info.id, "info.id");
  const sessionId = reader.id(properties.sessionID ?? info.sessionID, "sessionID");
  if (id === null || sessionId === null) return refused(state, event);
  const before = findMessage(state, sessionId, id) ?? blankMessage(sessionId, id, stamp);
  const value = readInfo(info, reader);
  const isLater = !before.info || compareStamps(stamp, before.info.stamp) >= 0;
  const message = { ...before, info: isLater ? { value, stamp } : before.info };
  return told(state, event, message, ...interruptOf(message));
};

/** message.removed: the row stays and tells when OpenCode took the message away. */
export const messageRemoved: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const id = reader.id(properties.messageID, "messageID");
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (id === null || sessionId === null) return refused(state, event);
  const before = findMessage(state, sessionId, id) ?? blankMessage(sessionId, id, stamp);
  const [, results] = told(state, event, { ...before, removedAt: stamp.at });
  return [withCut(withoutMessage(state, sessionId, id), sessionId), results];
};

function readInfo(info: Loose<SdkMessage>, reader: Reader): MessageInfo {
  const model = reader.object<UserMessage["model"]>(info.model, "info.model");
  const tokens = reader.object<Tokens>(info.tokens, "info.tokens");
  const cache = reader.object<Tokens["cache"]>(tokens.cache, "info.tokens.cache");
  const time = reader.object<AssistantMessage["time"]>(info.time, "info.time");
  const path = reader.object<AssistantMessage["path"]>(info.path, "info.path");
  return {
    role: reader.line(info.role, "info.role"),
    model: reader.line(info.modelID ?? model.modelID, "info.modelID"),
    provider: reader.line(info.providerID ?? model.providerID, "info.providerID"),
    agent: reader.line(info.agent, "info.agent"),
    parentId: reader.line(info.parentID, "info.parentID"),
    finishReason: reader.line(info.finish, "info.finish"),
    error: errorText(info.error, "info.error", reader),
    isAborted: errorName(info.error) === "MessageAbortedError",
    isSummary: info.summary === true,
    directory: reader.line(path.cwd, "info.path.cwd"),
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
