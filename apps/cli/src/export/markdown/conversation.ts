import type { ToolCall } from "@duolog/contract";
import { printable } from "../../output/text.ts";
import type { Call, Entry, SubAgent } from "../../output/transcript/arrange/entry.ts";
import { saidIn } from "../../output/transcript/conversationLines.ts";
import { attachmentsOf } from "../fold/attachments.ts";
import type { FoldedCall } from "../fold/foldCall.ts";
import { eventTold, headingOf, subAgentHeading } from "../fold/told.ts";
import { entities, fenced, plain } from "./escape.ts";
import { proseLines } from "./prose.ts";

type Calls = ReadonlyMap<ToolCall, FoldedCall>;
type MessageEntry = Extract<Entry, { kind: "message" }>;

/** A conversation, blank lines before each part of it; sub-agents are quoted behind the call that started them. */
export function* conversation(entries: Entry[], calls: Calls): Generator<string> {
  const said = saidIn(entries);
  for (const entry of entries) {
    switch (entry.kind) {
      case "message":
        yield* messageLines(entry, calls);
        break;
      case "call":
        yield* callLines(entry.call, calls);
        break;
      case "event": {
        const told = eventTold(entry.event, said);
        if (told) yield* ["", `*${plain(told.line)}*`, ...paragraph(told.text)];
        break;
      }
      case "subAgent":
        yield* subAgentLines(entry.subAgent, calls);
    }
  }
}

function* messageLines({ message, calls: own }: MessageEntry, calls: Calls): Generator<string> {
  const { textContent, reasoningText, error } = message;
  yield* ["", `## ${plain(headingOf(message))}`];
  if (reasoningText) yield* ["", ...folded("Thinking", fenced(reasoningText))];
  yield* paragraph(textContent ?? "");
  if (error !== null && error !== textContent) yield* paragraph(error);
  const given = attachmentsOf(message);
  if (given.length > 0) yield "";
  for (const { label, href } of given) {
    yield href === null ? `- ${plain(label)}` : `- [${plain(label)}](<${href}>)`;
  }
  for (const call of own) yield* callLines(call, calls);
}

function paragraph(text: string): string[] {
  const lines = printable(text).trimEnd();
  return lines === "" ? [] : ["", ...proseLines(lines)];
}

function* callLines({ call, started }: Call, calls: Calls): Generator<string> {
  const { line, parts } = calls.get(call) ?? { line: "", parts: [] };
  const texts = parts.flatMap(({ name, text }) => [
    "",
    `${name}:`,
    ...(text === "" ? [] : ["", ...fenced(text)]),
  ]);
  yield "";
  yield* parts.length === 0 ? [plain(line)] : folded(line, texts.slice(1));
  if (started) yield* subAgentLines(started, calls);
}

/** Opens at a click where Markdown is shown as a page. */
function folded(summary: string, lines: string[]): string[] {
  return [`<details><summary>${entities(summary)}</summary>`, "", ...lines, "", "</details>"];
}

function* subAgentLines(subAgent: SubAgent, calls: Calls): Generator<string> {
  yield* ["", `> **${plain(subAgentHeading(subAgent))}**`];
  for (const line of conversation(subAgent.entries, calls)) yield `> ${line}`.trimEnd();
}
