import type { ToolCall } from "@duolog/contract";
import { printable } from "../../output/text.ts";
import type { Call, Entry, SubAgent } from "../../output/transcript/arrange/entry.ts";
import { attachmentsOf } from "../fold/attachments.ts";
import type { FoldedCall } from "../fold/foldCall.ts";
import { segmentsOf } from "../fold/segments.ts";
import { headingOf, subAgentHeading } from "../fold/told.ts";
import { type MessageEntry, walk } from "../fold/walk.ts";
import { escaped } from "./escape.ts";

type Calls = ReadonlyMap<ToolCall, FoldedCall>;

/** A conversation as parts of a page; sub-agents stand behind the call that started them. */
export function conversation(entries: Entry[], calls: Calls): Generator<string> {
  return walk(entries, {
    message: (entry) => messagePart(entry, calls),
    call: (call) => callPart(call, calls),
    event: ({ line, text }) => [`<div class="event">${escaped(line)}</div>\n${prose(text)}`],
    subAgent: (subAgent) => subAgentPart(subAgent, calls),
  });
}

function* messagePart({ message, calls: own }: MessageEntry, calls: Calls): Generator<string> {
  const { role, textContent, reasoningText, error } = message;
  const speaker = role === "user" ? ' class="user"' : "";
  yield `<article${speaker}>\n<h2>${escaped(headingOf(message))}</h2>\n`;
  if (reasoningText) yield folded("Thinking", `<pre>${escaped(reasoningText)}</pre>`);
  yield prose(textContent ?? "");
  if (error !== null && error !== textContent) {
    yield `<p class="failed">${escaped(error)}</p>\n`;
  }
  for (const { label, href } of attachmentsOf(message)) {
    const name = escaped(label);
    const shown = href === null ? name : `<a href="${escaped(href)}" rel="noreferrer">${name}</a>`;
    yield `<p>${shown}</p>\n`;
  }
  for (const call of own) yield* callPart(call, calls);
  yield "</article>\n";
}

/** Code in boxes of its own, all else as it was written. */
function prose(text: string): string {
  return segmentsOf(printable(text).trimEnd())
    .map(({ isCode, lines }) => {
      const said = escaped(lines.join("\n"));
      return isCode ? `<pre><code>${said}</code></pre>\n` : `<p>${said.trim()}</p>\n`;
    })
    .join("");
}

function* callPart({ call, started }: Call, calls: Calls): Generator<string> {
  const { line, parts } = calls.get(call) ?? { line: "", parts: [] };
  const texts = parts.map(
    ({ name, text }) => `<div>${escaped(name)}</div>${text && `<pre>${escaped(text)}</pre>`}`,
  );
  if (texts.length > 0) yield folded(line, texts.join("\n"));
  else yield `<div class="call">${escaped(line)}</div>\n`;
  if (started) yield* subAgentPart(started, calls);
}

function* subAgentPart(subAgent: SubAgent, calls: Calls): Generator<string> {
  const heading = escaped(subAgentHeading(subAgent));
  yield `<details class="agent" open><summary>${heading}</summary>\n`;
  yield* conversation(subAgent.entries, calls);
  yield "</details>\n";
}

/** Opens at a click. */
function folded(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>\n${content}\n</details>\n`;
}
