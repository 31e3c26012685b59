import { asId, asText, isObject, type Json } from "../json.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import type { Body } from "./body.ts";
import { readGiven } from "./given.ts";
import { readInjected } from "./injected.ts";
import { type Prompt, readQueuedPrompt } from "./prompt.ts";

/** Attachments by which a hook spoke to the model. */
const HOOKS = new Set([
  "hook_success",
  "hook_additional_context",
  "hook_system_message",
  "hook_blocking_error",
  "hook_stopped_continuation",
]);

/**
 * Reads a line of type `attachment`: a queued prompt, what was given beside a prompt, what a hook
 * said. Others (reminders, lists of skills, the system prompt) are Claude Code's own.
 */
export function readAttachment(line: Json): Body | string {
  const { attachment } = line;
  if (!isObject(attachment)) return { kind: "other" };
  if (attachment.type === "queued_command") return readQueued(line, attachment);
  if (HOOKS.has(String(attachment.type))) return injected(hookText(attachment), "hook");
  const given = readGiven(attachment);
  return given ? { kind: "given", given } : { kind: "other" };
}

function readQueued(line: Json, attachment: Json): Body | string {
  const prompt = readQueuedPrompt(attachment);
  if (prompt.kind === "human") return toPrompt(line, prompt);
  return injected(textsIn(blocksOf(attachment.prompt)).join("\n\n"), "queued");
}

function injected(text: string, what: string): Body {
  const event = readInjected(text, what);
  return event ? { kind: "event", event } : { kind: "other" };
}

/** `content` is a text or a list of them; a hook that blocks says why in `blockingError`. */
function hookText({ content, blockingError, message }: Json): string {
  const told = isObject(blockingError) ? blockingError.blockingError : (content ?? message);
  const texts = Array.isArray(told) ? told : [told];
  return texts.flatMap((text) => asText(text) ?? []).join("\n\n");
}

/** A human's prompt as a line's body; a text where the line has no id for it. */
export function toPrompt(line: Json, prompt: Prompt & { kind: "human" }): Body | string {
  const id = asId(line.uuid);
  const { text, given } = prompt;
  return id ? { kind: "prompt", id, text, given } : "user: no uuid";
}
