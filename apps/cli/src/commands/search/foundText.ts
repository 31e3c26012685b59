import { basename } from "node:path";
import type { Found, Hit } from "@duolog/contract/server";
import type { Paint } from "../../output/terminal/paint.ts";
import { count, oneLine, when } from "../../output/text.ts";

/** What was found, for a person: of each hit where it is, what it says, and how to read on from there. */
export function foundText(found: Found, paint: Paint): string {
  const hits = found.hits.map((hit) => hitText(hit, paint));
  const notes = notesOn(found).map((note) => `${paint.aside(note)}\n`);
  return [...hits, notes.join("")].filter(Boolean).join("\n");
}

function hitText(hit: Hit, paint: Paint): string {
  const { createdAt, source, project, title, more, moreIsCapped } = hit;
  const facts = [when(createdAt), source, project && basename(project), title];
  const head = facts.flatMap((fact) => oneLine(fact, 80) || []).join(" · ");
  const others =
    more > 0 ? `  +${more.toLocaleString("en-US")}${moreIsCapped ? "+" : ""} more` : "";
  return [
    paint.heading(head) + paint.aside(others),
    `  ${paint.aside(`${speakerOf(hit)}:`)} ${marked(hit, paint)}`,
    `  ${paint.aside(showCommand(hit))}\n`,
  ].join("\n");
}

function speakerOf({ in: scope, role, tool, event }: Hit): string {
  if (scope === "tools") return oneLine(tool, 40) || "a tool";
  if (scope === "outputs") return `${oneLine(tool, 40) || "a tool"} answered`;
  if (scope === "reasoning") return `${oneLine(role, 40) || "assistant"} thought`;
  return oneLine(role ?? event, 40) || "somebody";
}

/** The excerpt with what was looked for painted, and nothing in it that steers a terminal. */
function marked({ excerpt, marks }: Hit, paint: Paint): string {
  let text = "";
  let done = 0;
  for (const [start, end] of marks) {
    text += printed(excerpt.slice(done, start)) + paint.found(printed(excerpt.slice(start, end)));
    done = end;
  }
  return text + printed(excerpt.slice(done));
}

function printed(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
}

function showCommand({ sessionId, messageId, toolCallId }: Hit): string {
  const at = toolCallId ?? messageId;
  const id = (text: string) => oneLine(text, 200);
  return `duolog show ${id(sessionId)}${at === null ? "" : ` --at ${id(at)}`}`;
}

function notesOn({ hits, complete, behind, nextCursor }: Found): string[] {
  const notes: string[] = [];
  if (hits.length === 0) notes.push("nothing found");
  else if (nextCursor !== null) notes.push("there is more: --limit shows more of it");
  if (!complete && behind === 0) notes.push("not all texts were read: time was up");
  else if (!complete) {
    notes.push(`${count(behind, "row")} at most can't be found yet: --wait waits for them`);
  }
  return notes;
}
