import type { ToolCall } from "@duolog/contract";
import { printable } from "../../output/text.ts";
import type { Call, Entry, SubAgent } from "../../output/transcript/arrange/entry.ts";
import { attachmentsOf } from "../fold/attachments.ts";
import type { FoldedCall } from "../fold/foldCall.ts";
import { headingOf, subAgentHeading } from "../fold/told.ts";
import { type MessageEntry, walk } from "../fold/walk.ts";
import { entities, fenced, plain } from "./escape.ts";
import { proseLines } from "./prose.ts";

type Calls = ReadonlyMap<ToolCall, FoldedCall>;

/** A conversation, blank lines before each part of it; sub-agents are quoted behind the call that started them. */
export function conversation(entries: Entry[], calls: Calls): Generator<string> {
  return walk(entries, {
    message: (entry) => messageLines(entry, calls),
    call: (call) => callLines(call, calls),
    event: ({ line, text }) => ["", `*${plain(line)}*`, ...paragraph(text)],
    subAgent: (subAgent) => subAgentLines(subAgent, calls),
  });
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
