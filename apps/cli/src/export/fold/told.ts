import type { Message, SessionEvent } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { count, oneLine } from "../../output/text.ts";
import type { SubAgent } from "../../output/transcript/arrange/entry.ts";
import { eventLines } from "../../output/transcript/event/eventLines.ts";
import { headerRows } from "../../output/transcript/header.ts";
import { messageFacts } from "../../output/transcript/message/messageLines.ts";
import type { Shown } from "../../output/transcript/shown.ts";

/** What a session is called. */
export function titleOf({ title }: SessionSummary): string {
  return oneLine(title, 160) || "A session without a title";
}

/** What else is known of it as a whole: name and value, a line each. */
export function factsOf(shown: Shown): [name: string, value: string][] {
  return headerRows(shown).filter(([name]) => name !== "Title");
}

/** Who spoke and when, as a heading. */
export function headingOf(message: Message): string {
  const heading = oneLine(messageFacts(message).join(" · "), 160);
  return heading.charAt(0).toUpperCase() + heading.slice(1);
}

/** An event in a line, and what of its text stands below it; null of one that a message tells. */
export function eventTold(
  event: SessionEvent,
  said: ReadonlySet<string>,
): { line: string; text: string } | null {
  const [line, ...text] = eventLines(event, { said, whole: false });
  if (line === undefined) return null;
  return {
    line: line.replace(/^··\s*/, ""),
    text: text.map((part) => part.trimStart()).join("\n"),
  };
}

/** A sub-agent, as a heading. */
export function subAgentHeading({ id, name, title, entries }: SubAgent): string {
  const messages = entries.filter(({ kind }) => kind === "message").length;
  const facts = [`Sub-agent ${name ?? ""}`.trim(), id, title, count(messages, "message")];
  return oneLine(facts.filter(Boolean).join(" · "), 160);
}
