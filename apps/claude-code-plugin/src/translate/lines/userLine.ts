import { asId, isObject, type Json } from "../json.ts";
import { wireText } from "../rows/text.ts";
import { eventsOf, readInjected } from "../said/injected.ts";
import { injectedBy, isHuman, readSaid, type Said } from "../said/prompt.ts";
import { type ToolResult, toolResultsIn } from "../tools/toolResult.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import { type Body, eventsBody, type LineEvent, lineEvent } from "./body.ts";

/** What Claude Code begins a summary with, also where the line does not say that it is one. */
const SUMMARY = "This session is being continued from a previous conversation";

/** Reads a line of type `user`: a prompt, tools' results, or what was written in the user's name. */
export function readUser(line: Json): Body | string {
  const content = isObject(line.message) ? line.message.content : undefined;
  if (typeof content !== "string" && !Array.isArray(content)) return "user: no message.content";
  const blocks = blocksOf(content);
  const text = textsIn(blocks).join("\n\n");
  const by = injectedBy(line);
  if (blocks.some(({ type }) => type === "tool_result")) return readResults(line, blocks, by);
  if (line.isCompactSummary === true || (by === null && text.startsWith(SUMMARY))) {
    return { kind: "summary", text: wireText(text) };
  }
  if (by !== null) return withInterruption(line, readInjected(text, by));
  const said = readSaid(line, content);
  return isHuman(said) ? toPrompt(line, said) : withInterruption(line, eventsOf(said.pieces));
}

/** A human's prompt as a line's body; a text where the line has no id for it. */
export function toPrompt(line: Json, said: Said): Body | string {
  const id = asId(line.uuid);
  if (id === null) return "user: no uuid";
  const { text, given, pieces } = said;
  const isQueued = line.type === "attachment";
  return { kind: "prompt", id, text, given, beside: eventsOf(pieces), isQueued };
}

/** Beside a tool's result may stand what a person said when allowing the call. */
function readResults(line: Json, blocks: readonly Json[], by: string | null): Body {
  const results = toolResultsIn(line, blocks);
  const others = blocks.filter(({ type }) => type !== "tool_result");
  const beside =
    by === null
      ? besideResults(readSaid(line, others), results)
      : readInjected(textsIn(others).join("\n\n"), by);
  return { kind: "toolResult", results, beside };
}

function besideResults({ text, pieces }: Said, results: readonly ToolResult[]): LineEvent[] {
  const toolCallId = results.at(-1)?.id ?? null;
  const comment = lineEvent("reply", {
    toolCallId,
    text: wireText(text),
    data: { what: "comment" },
  });
  return [...(text === null ? [] : [comment]), ...eventsOf(pieces)];
}

function withInterruption(line: Json, events: readonly LineEvent[]): Body {
  const [first, ...beside] = events;
  if (first?.kind !== "interrupt") return eventsBody(events);
  const messageId = asId(line.interruptedMessageId);
  return { kind: "interrupted", event: { ...first, messageId }, beside };
}
