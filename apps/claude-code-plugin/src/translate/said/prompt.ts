import { asText, isObject, type Json } from "../json.ts";
import { textsIn } from "../lines/blocks.ts";
import { type Given, givenIn } from "../lines/given.ts";
import { wireLine } from "../rows/text.ts";
import { tag } from "./envelopes.ts";
import { type Giving, type Piece, splitText } from "./split.ts";

/** A human's words in a line, what was given with them, and what others put beside them. */
export interface Said {
  /** Null where there are none. */
  readonly text: string | null;
  readonly given: readonly Given[];
  readonly pieces: readonly Piece[];
}

/** What may stand beside something that a human gave without words. */
const BESIDE = new Set(["ide", "hook", "reminder"]);
/** A prompt's text as the person left it; a program (`sdk`), an IDE's too, may add to it. */
const TYPED = new Set<unknown>(["typed", "suggestion_accepted"]);

/** Whose words a line holds that is in the user's name: null for the human's, else what they are. */
export function injectedBy(line: Json): string | null {
  const { isMeta, origin, promptSource, sourceToolUseID } = line;
  const kind = isObject(origin) ? origin.kind : undefined;
  if (kind !== undefined && kind !== "human") return originOf(asText(kind));
  if (sourceToolUseID !== undefined && isMeta !== true) return "skill";
  return isMeta === true || promptSource === "system" ? "note" : null;
}

/** Claude Code's kinds of origin by the names that the same have where a tag tells them. */
const ORIGINS: ReadonlyMap<string, string> = new Map([
  ["task-notification", "task"],
  ["peer", "session"],
  ["coordinator", "agent"],
  ["observer-activity", "agent"],
]);

function originOf(kind: string | null): string {
  return ORIGINS.get(kind ?? "") ?? wireLine(kind) ?? "note";
}

/** Reads what a human's line of type `user`, or a queued prompt, says. */
export function readSaid(line: Json, content: string | readonly unknown[]): Said {
  const { promptSource } = line;
  const isTyped = TYPED.has(promptSource);
  const giving = { isTyped, isTold: isTyped || promptSource === "sdk" };
  const blocks = typeof content === "string" ? [] : content.filter(isObject);
  const texts = typeof content === "string" ? [content] : textsIn(blocks);
  const split = texts.map((text) => splitText(text, giving));
  const words = split.flatMap(({ words }) => (words === null ? [] : commandOr(words, giving)));
  return {
    text: words.length === 0 ? null : words.join("\n\n"),
    given: givenIn(blocks),
    pieces: split.flatMap(({ pieces }) => pieces),
  };
}

/** Whether a human said it, in words or by what was given. */
export function isHuman({ text, given, pieces }: Said): boolean {
  return text !== null || (given.length > 0 && pieces.every(({ what }) => BESIDE.has(what)));
}

/**
 * A command that goes to the model starts with `<command-message>`; one that Claude Code runs
 * itself (`/clear`, `/compact`) with `<command-name>`, and is a prompt only where a line tells so.
 */
function commandOr(words: string, { isTold }: Giving): string {
  const start = words.trimStart();
  const isCommand =
    start.startsWith("<command-message>") || (isTold && start.startsWith("<command-name>"));
  return isCommand ? commandLine(words) : words;
}

/** `/hi Bob`, as it was typed. */
function commandLine(text: string): string {
  const name = tag(text, "command-name") ?? tag(text, "command-message") ?? "";
  const args = tag(text, "command-args");
  return `/${name.replace(/^\//, "")}${args ? ` ${args}` : ""}`;
}
