import { asText, isObject, type Json } from "../json.ts";
import { eventsOf, readAttached, readInjected } from "../said/injected.ts";
import { injectedBy, isHuman, readSaid } from "../said/prompt.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import { type Body, eventsBody } from "./body.ts";
import { readGiven } from "./given.ts";
import { toPrompt } from "./userLine.ts";

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
  if (!isObject(attachment)) return "attachment: no attachment";
  if (attachment.type === "queued_command") return readQueued(line, attachment);
  if (HOOKS.has(String(attachment.type))) {
    return eventsBody(readInjected(hookText(attachment), "hook"));
  }
  const given = readGiven(attachment);
  return given ? { kind: "given", given } : eventsBody(readAttached(attachment));
}

function readQueued(line: Json, attachment: Json): Body | string {
  const { prompt, commandMode } = attachment;
  if (typeof prompt !== "string" && !Array.isArray(prompt)) return "attachment: no prompt";
  const isCommand = commandMode !== undefined && commandMode !== "prompt";
  const by = injectedBy(attachment) ?? (isCommand ? "queued" : null);
  if (by !== null) {
    return eventsBody(
      readInjected(textsIn(blocksOf(prompt)).join("\n\n"), by === "note" ? "queued" : by),
    );
  }
  const said = readSaid(attachment, prompt);
  return isHuman(said) ? toPrompt(line, said) : eventsBody(eventsOf(said.pieces));
}

/** `content` is a text or a list of them; a hook that blocks says why in `blockingError`. */
function hookText({ content, blockingError, message }: Json): string {
  const told = isObject(blockingError) ? blockingError.blockingError : (content ?? message);
  const texts = Array.isArray(told) ? told : [told];
  return texts.flatMap((text) => asText(text) ?? []).join("\n\n");
}
