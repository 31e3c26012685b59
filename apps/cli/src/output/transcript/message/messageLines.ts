import type { Message } from "@duolog/contract";
import { indented, oneLine, tokens, when } from "../../text.ts";
import { attachmentLines } from "./attachmentLines.ts";
import { reasoningLines } from "./reasoningLines.ts";

/** A heading that says who spoke and when, what was thought where that is wanted, and the text. */
export function messageLines(message: Message, withReasoning: boolean): string[] {
  const { textContent, error } = message;
  const failure = error === null || error === textContent ? [] : indented(error);
  return [
    `── ${oneLine(messageFacts(message).join(" · "), 160)}`,
    ...(withReasoning ? reasoningLines(message) : []),
    ...indented(textContent ?? ""),
    ...failure,
    ...attachmentLines(message),
  ];
}

/** Who spoke, when, and what else is known of it. */
export function messageFacts(message: Message): string[] {
  const { role, createdAt, model, agentId, isSidechain, removedAt, error } = message;
  const facts = [
    role ?? "message",
    createdAt && when(createdAt),
    model,
    // Versions that gave their sub-agents no id: they stand among the rest.
    isSidechain && agentId === null && "sub-agent",
    tokens(message),
    error !== null && "error",
    removedAt !== null && "removed",
  ];
  return facts.filter((fact) => typeof fact === "string").filter(Boolean);
}
