import { MAX_LINE, storable } from "@duolog/contract";
import { isId, isObject } from "../../shared/read.ts";
import { callId } from "../../shared/rows/toolCall.ts";
import { cut } from "../../shared/text.ts";
import type { Handler2 } from "../step.ts";
import { happened } from "./record.ts";

/** Most resources kept of one question. */
const MAX_RESOURCES = 100;

/** permission.asked: what a person is asked to allow. */
export const permissionAsked: Handler2 = (state, event) => {
  const { reader, data } = event;
  const { messageID, id } = isObject(data.source) ? data.source : {};
  return happened(state, event, {
    kind: "permission",
    messageId: isId(messageID) ? messageID : null,
    toolCallId: callId(messageID, id),
    data: {
      request: reader.line(data.id, "id"),
      permission: reader.line(data.action, "action"),
      patterns: textsOf(data.resources),
    },
  });
};

/** permission.replied: what the person said; `request` is the question's. */
export const permissionReplied: Handler2 = (state, event) => {
  const { reader, data } = event;
  return happened(state, event, {
    kind: "permission",
    data: {
      request: reader.line(data.requestID, "requestID"),
      decision: reader.line(data.reply, "reply"),
    },
  });
};

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((text) => typeof text === "string").slice(0, MAX_RESOURCES);
  return texts.map((text) => cut(storable(text), MAX_LINE));
}
