import type { Message } from "@duolog/contract";
import { count, oneLine } from "../../text.ts";
import { asObject, listIn, textOf } from "../json.ts";

/** What was given beside the text, a line each: its name, type and size. */
export function attachmentLines({ attachments }: Message): string[] {
  return listIn(attachments).map((given) => {
    const { name, path, type, bytes } = asObject(given);
    const size = typeof bytes === "number" ? count(bytes, "byte") : null;
    const facts = [textOf(name) ?? textOf(path), textOf(type), size].filter(Boolean);
    return `  + ${oneLine(facts.join(" · "), 160) || "attachment"}`;
  });
}
