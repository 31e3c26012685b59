import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Message } from "@duolog/contract";
import { count, oneLine } from "../../output/text.ts";
import { asObject, listIn, textOf } from "../../output/transcript/json.ts";

/** What was given beside a message's text. */
export interface Attachment {
  label: string;
  /** Where it lies, as far as a link may lead there: files and pages. */
  href: string | null;
}

/** What was given beside the text: its name, type and size, and where it lies. */
export function attachmentsOf({ attachments }: Message): Attachment[] {
  return listIn(attachments).map((given) => {
    const { name, path, type, bytes } = asObject(given);
    const size = typeof bytes === "number" ? count(bytes, "byte") : null;
    const facts = [textOf(name) ?? textOf(path), textOf(type), size].filter(Boolean);
    return { label: oneLine(facts.join(" · "), 160) || "attachment", href: hrefOf(textOf(path)) };
  });
}

function hrefOf(path: string | null): string | null {
  if (path === null) return null;
  if (isAbsolute(path)) return pathToFileURL(path).href;
  if (!/^https?:\/\//i.test(path) || !URL.canParse(path)) return null;
  return new URL(path).href;
}
