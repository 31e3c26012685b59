import { asText, isObject, type Json } from "../json.ts";

/** The content blocks of a message or a tool's result; a text is one block. */
export function blocksOf(content: unknown): Json[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}

/** The texts of text blocks, in order. */
export function textsIn(blocks: readonly Json[]): string[] {
  return blocks.flatMap((block) => (block.type === "text" ? (asText(block.text) ?? []) : []));
}
