import { objectIn, parseObject } from "../parse.ts";
import type { Row } from "../row.ts";

/** What a message's file holds: the message, and the parts that versions before 0.5 kept in it. */
export interface MessageContent {
  message: Row;
  parts: Row[];
}

/** Takes the parts out of a message's file; null where it is no JSON object. */
export function splitMessage(text: string): MessageContent | null {
  const content = parseObject(text);
  if (!content) return null;
  const { parts, metadata, ...message } = content;
  if (!Array.isArray(parts)) return { message: content, parts: [] };
  const objects = parts.filter((part): part is Row => typeof part === "object" && part !== null);
  if (metadata === undefined) return { message, parts: objects };
  const about = objectIn(content, "metadata");
  return {
    message: { ...message, ...objectIn(about, "assistant"), time: about.time, error: about.error },
    parts: objects.map((part) => partOfFirst(part, objectIn(about, "tool"))),
  };
}

/** A part in the shape of versions before 0.3, in that of today. */
function partOfFirst(part: Row, tools: Row): Row {
  if (part.type === "file") return { ...part, mime: part.mediaType };
  if (part.type !== "tool-invocation") return part;
  const call = objectIn(part, "toolInvocation");
  const { title, time, ...metadata } = objectIn(tools, String(call.toolCallId));
  const told = { input: call.args, output: call.result, title, time, metadata };
  const status = STATUS[String(call.state)] ?? call.state;
  return { type: "tool", tool: call.toolName, callID: call.toolCallId, state: { ...told, status } };
}

const STATUS: Readonly<Record<string, string>> = {
  "partial-call": "pending",
  call: "running",
  result: "completed",
};
