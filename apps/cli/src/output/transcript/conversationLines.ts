import type { Paint } from "../terminal/paint.ts";
import { count, oneLine } from "../text.ts";
import type { Call, Entry, SubAgent } from "./arrange/entry.ts";
import { callDetails } from "./call/callDetails.ts";
import { callLine } from "./call/callLine.ts";
import { eventLines } from "./event/eventLines.ts";
import { messageLines } from "./message/messageLines.ts";
import type { Detail } from "./shown.ts";

/** How a conversation is shown. */
interface View extends Detail {
  /** That its paths are told by. */
  projectPath: string | null;
  paint: Paint;
}

/** A conversation as lines: a blank one between messages, sub-agents behind a bar. */
export function conversationLines(entries: Entry[], view: View): string[] {
  const said = saidIn(entries);
  const lines: string[] = [];
  let last: Entry["kind"] | null = null;
  for (const entry of entries) {
    const shown = entryLines(entry, said, view);
    if (shown.length === 0) continue;
    if (last !== null && !(last === entry.kind && isShort(entry))) lines.push("");
    for (const line of shown) lines.push(line);
    last = entry.kind;
  }
  return lines;
}

/** What takes a line, of which several need nothing between them. */
function isShort({ kind }: Entry): boolean {
  return kind === "event" || kind === "call";
}

function entryLines(entry: Entry, said: ReadonlySet<string>, view: View): string[] {
  switch (entry.kind) {
    case "message": {
      const calls = entry.calls.flatMap((call) => callLines(call, view));
      const [heading = "", ...lines] = messageLines(entry.message, view.reasoning);
      return [view.paint.heading(heading), ...lines, ...calls];
    }
    case "call":
      return callLines(entry.call, view);
    case "event":
      return eventLines(entry.event, { said, whole: view.tools });
    case "subAgent":
      return subAgentLines(entry.subAgent, view);
  }
}

function callLines({ call, started }: Call, view: View): string[] {
  const details = view.tools ? callDetails(call) : [];
  const child = call.childSessionId ?? call.childAgentId;
  const elsewhere = child === null ? [] : [`    ↳ sub-agent ${oneLine(child, 80)}`];
  return [
    `  ${paintOf(call, view)(callLine(call, view.projectPath))}`,
    ...behind("    ", details),
    ...(started ? behind("    ", subAgentLines(started, view)) : elsewhere),
  ];
}

function paintOf({ status }: Call["call"], { paint }: View): (text: string) => string {
  return status === "error" ? paint.failed : paint.aside;
}

function subAgentLines({ id, name, title, projectPath, entries }: SubAgent, view: View): string[] {
  const messages = entries.filter(({ kind }) => kind === "message").length;
  const facts = [`sub-agent ${name ?? ""}`.trim(), id, title, count(messages, "message")];
  const heading = `┌ ${oneLine(facts.filter(Boolean).join(" · "), 160)}`;
  return [
    view.paint.heading(heading),
    ...behind("│ ", conversationLines(entries, { ...view, projectPath })),
    "└",
  ];
}

function behind(bar: string, lines: string[]): string[] {
  return lines.map((line) => (bar + line).trimEnd());
}

/** What its messages say, which its events need not say again. */
export function saidIn(entries: Entry[]): ReadonlySet<string> {
  const messages = entries.flatMap((entry) => (entry.kind === "message" ? [entry.message] : []));
  const texts = messages.flatMap(({ textContent, error }) => [textContent, error]);
  return new Set(texts.filter((text) => text !== null));
}
