import type { Message } from "@duolog/contract";
import { cutOf, indented } from "../../text.ts";

/** What the model thought, set off from the text, for it was not said. */
export function reasoningLines({ reasoningText, reasoningBytes }: Message): string[] {
  const cut = cutOf(reasoningText, reasoningBytes);
  if (reasoningText === null && cut === null) return [];
  const lines = indented(reasoningText ?? "").map((line) => `  ┆${line.slice(1)}`);
  return [`  ┆ thinking${cut === null ? "" : ` (${cut})`}`, ...lines];
}
