import { arrange } from "./arrange/arrange.ts";
import { conversationLines } from "./conversationLines.ts";
import { headerText } from "./header.ts";
import type { Detail, Shown } from "./shown.ts";

/** A session as a person reads it. */
export function transcript(shown: Shown, detail: Detail): string {
  const { projectPath } = shown.session;
  const lines = conversationLines(arrange(withoutPrompts(shown)), { ...detail, projectPath });
  return `${headerText(shown)}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** Events that tell a prompt stand in for messages that are not in the record. */
function withoutPrompts(shown: Shown): Shown {
  if (shown.messages.length === 0) return shown;
  return { ...shown, events: shown.events.filter(({ kind }) => kind !== "prompt") };
}
