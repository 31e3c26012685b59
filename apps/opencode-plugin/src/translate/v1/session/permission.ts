import { MAX_LINE, storable } from "@duolog/contract";
import type { EventPermissionAsked } from "@opencode-ai/sdk/v2";
import { isId } from "../../shared/read.ts";
import { ownEvent } from "../../shared/rows/event.ts";
import { callId } from "../../shared/rows/toolCall.ts";
import { recorded, refused } from "../../shared/step.ts";
import { cut } from "../../shared/text.ts";
import type { Handler } from "../step.ts";

type Tool = NonNullable<EventPermissionAsked["properties"]["tool"]>;

/** Most patterns kept of one question. */
const MAX_PATTERNS = 100;

/** permission.asked, and permission.updated of older versions: what a person is asked to allow. */
export const permissionAsked: Handler = (state, event) => {
  const { reader, properties } = event;
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (sessionId === null) return refused(state, event);
  const tool = reader.object<Tool>(properties.tool, "tool");
  const messageId = tool.messageID ?? properties.messageID;
  const records = ownEvent(event, sessionId, {
    kind: "permission",
    messageId: isId(messageId) ? messageId : null,
    toolCallId: callId(messageId, tool.callID ?? properties.callID),
    data: {
      request: reader.line(properties.id, "id"),
      permission: reader.line(properties.permission ?? properties.type, "permission"),
      patterns: textsOf(properties.patterns ?? properties.pattern),
    },
  });
  return recorded(state, event, ...records);
};

/** permission.replied: what the person said; `request` is the question's. */
export const permissionReplied: Handler = (state, event) => {
  const { reader, properties } = event;
  const sessionId = reader.id(properties.sessionID, "sessionID");
  if (sessionId === null) return refused(state, event);
  const request = properties.requestID ?? properties.permissionID;
  const records = ownEvent(event, sessionId, {
    kind: "permission",
    data: {
      request: reader.line(request, "requestID"),
      decision: reader.line(properties.reply ?? properties.response, "reply"),
    },
  });
  return recorded(state, event, ...records);
};

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((text) => typeof text === "string").slice(0, MAX_PATTERNS);
  return texts.map((text) => cut(storable(text), MAX_LINE));
}
