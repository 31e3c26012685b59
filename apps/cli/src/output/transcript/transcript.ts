import { type Paint, PLAIN } from "../terminal/paint.ts";
import { arrange } from "./arrange/arrange.ts";
import { beginAt } from "./beginAt.ts";
import { conversationLines } from "./conversationLines.ts";
import { headerText } from "./header.ts";
import type { Detail, Shown } from "./shown.ts";

/** A session as a person reads it; from the message or call `at` on, where one is given. */
export function transcript(
  shown: Shown,
  detail: Detail,
  at: string | null = null,
  paint: Paint = PLAIN,
): string {
  const { projectPath } = shown.session;
  const all = arrange(withoutPrompts(shown));
  const from = at === null ? null : beginAt(all, at);
  const lines = conversationLines(from ?? all, { ...detail, projectPath, paint });
  const before = from === null ? [] : [paint.aside("… what was before is left out"), ""];
  return `${headerText(shown)}\n${[...before, ...lines].map((line) => `${line}\n`).join("")}`;
}

/** Events that tell a prompt stand in for messages that are not in the record. */
export function withoutPrompts(shown: Shown): Shown {
  if (shown.messages.length === 0) return shown;
  return { ...shown, events: shown.events.filter(({ kind }) => kind !== "prompt") };
}
