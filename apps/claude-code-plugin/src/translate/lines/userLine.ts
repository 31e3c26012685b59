import { asId, isObject, type Json } from "../json.ts";
import { wireText } from "../rows/text.ts";
import { toolResultsIn } from "../tools/toolResult.ts";
import { toPrompt } from "./attachmentLine.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import { type Body, lineEvent } from "./body.ts";
import { readInjected } from "./injected.ts";
import { readUserPrompt } from "./prompt.ts";

/** Reads a line of type `user`: a prompt, tools' results, or what was written in the user's name. */
export function readUser(line: Json): Body | string {
  const content = isObject(line.message) ? line.message.content : undefined;
  if (typeof content !== "string" && !Array.isArray(content)) return "user: no message.content";
  const prompt = readUserPrompt(line, content);
  if (prompt.kind === "human") return toPrompt(line, prompt);
  const blocks = blocksOf(content);
  if (blocks.some(({ type }) => type === "tool_result")) {
    return { kind: "toolResult", results: toolResultsIn(line, blocks) };
  }
  const text = textsIn(blocks).join("\n\n");
  if (isInterruption(blocks[0]?.text)) return interruption(line, text);
  if (line.isCompactSummary === true) return { kind: "summary", text: wireText(text) };
  const event = readInjected(text);
  return event ? { kind: "event", event } : { kind: "other" };
}

function isInterruption(text: unknown): boolean {
  return typeof text === "string" && text.startsWith("[Request interrupted by user");
}

function interruption(line: Json, text: string): Body {
  const messageId = asId(line.interruptedMessageId);
  return {
    kind: "interrupted",
    event: lineEvent("interrupt", { messageId, text: wireText(text) }),
  };
}
