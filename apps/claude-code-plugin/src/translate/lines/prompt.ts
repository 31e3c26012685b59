import { isObject, type Json } from "../json.ts";
import { textsIn } from "./blocks.ts";
import { type Given, givenIn } from "./given.ts";

/** What a user's or queued line says: a human's prompt, or something else in a prompt's clothes. */
export type Prompt =
  | { readonly kind: "human"; readonly text: string | null; readonly given: readonly Given[] }
  | { readonly kind: "other" };

const OTHER: Prompt = { kind: "other" };

/** Texts that Claude Code writes in the user's name. */
const INJECTED = [
  "<local-command-",
  "<bash-",
  "<task-notification>",
  "<system-reminder>",
  "[Request interrupted by user",
];

/** Sources of a prompt that a person (or a program in a person's place) gave. */
const HUMAN_SOURCES = new Set(["typed", "sdk"]);

/** Reads a line of type `user`. Its `message.content` must be a text or a list of blocks. */
export function readUserPrompt(line: Json, content: string | readonly unknown[]): Prompt {
  if (line.isMeta === true || line.isCompactSummary === true) return OTHER;
  if (!isHumanOrigin(line.origin) || line.promptSource === "system") return OTHER;
  const told = typeof line.promptSource === "string" && HUMAN_SOURCES.has(line.promptSource);
  return readContent(content, told);
}

/** Reads `attachment` of a `queued_command` line: a prompt given while a turn was running. */
export function readQueuedPrompt(attachment: Json): Prompt {
  const { prompt, origin, commandMode } = attachment;
  if (!isHumanOrigin(origin) || attachment.isMeta === true) return OTHER;
  if (commandMode !== undefined && commandMode !== "prompt") return OTHER;
  return typeof prompt === "string" || Array.isArray(prompt) ? readContent(prompt, false) : OTHER;
}

function isHumanOrigin(origin: unknown): boolean {
  return !isObject(origin) || origin.kind === undefined || origin.kind === "human";
}

function readContent(content: string | readonly unknown[], told: boolean): Prompt {
  if (typeof content === "string") return readText(content, told, []);
  const blocks = content.filter(isObject);
  if (blocks.some((block) => block.type === "tool_result")) return OTHER;
  const texts = textsIn(blocks);
  const given = givenIn(blocks);
  const human = texts.filter((text) => !isInjected(text));
  const [only] = human;
  if (human.length === 1 && only !== undefined) return readText(only, told, given);
  if (human.length > 0) return { kind: "human", text: human.join("\n\n"), given };
  return given.length > 0 && texts.length === 0 ? { kind: "human", text: null, given } : OTHER;
}

function isInjected(text: string): boolean {
  const start = text.trimStart();
  return INJECTED.some((prefix) => start.startsWith(prefix));
}

/**
 * A command that goes to the model starts with `<command-message>`; one that Claude Code runs
 * itself (`/clear`, `/compact`) with `<command-name>`, and is no prompt.
 */
function readText(text: string, told: boolean, given: readonly Given[]): Prompt {
  if (text === "" || (!told && isInjected(text))) return OTHER;
  const start = text.trimStart();
  const toModel = start.startsWith("<command-message>");
  if (!toModel && !start.startsWith("<command-name>")) {
    return { kind: "human", text, given };
  }
  return toModel || told ? { kind: "human", text: commandLine(text), given } : OTHER;
}

/** `/hi Bob`, as it was typed. */
function commandLine(text: string): string {
  const name = tag(text, "command-name") ?? tag(text, "command-message") ?? "";
  const args = tag(text, "command-args");
  return `/${name.replace(/^\//, "")}${args ? ` ${args}` : ""}`;
}

/** What stands in a tag of a text, trimmed; null where there is none. */
export function tag(text: string, name: string): string | null {
  const open = `<${name}>`;
  const from = text.indexOf(open);
  const to = text.indexOf(`</${name}>`, from);
  return from < 0 || to < 0 ? null : text.slice(from + open.length, to).trim();
}
