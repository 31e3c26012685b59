import { isObject, type Json } from "../json.ts";

/** A part of a record, and what is wrong with it; null where nothing is. */
type Check = (record: Json) => string | null;

/** By the record's type: parts that are read as if absent where they are of another type. */
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  assistant: [wrongMessage, wrongUsage, wrongBlock],
  user: [wrongMessage, wrongBlock],
  system: [
    notAnObject("error"),
    notAnObject("compactMetadata"),
    notAnObject("microcompactMetadata"),
  ],
};

/** What of a record of a known type is in a broken shape, though the rest of it can be read. */
export function wrongParts(record: Json): string[] {
  const { type } = record;
  const checks = typeof type === "string" && Object.hasOwn(CHECKS, type) ? CHECKS[type] : [];
  const wrong = (checks ?? []).flatMap((check) => check(record) ?? []);
  return wrong.map((what) => `${type}: ${what}`);
}

function messageOf({ message }: Json): Json {
  return isObject(message) ? message : {};
}

/** A text that was taken for an object (anthropics/claude-code#24663). */
export function isSpreadText(message: Json): boolean {
  return Object.hasOwn(message, "0");
}

function wrongMessage(record: Json): string | null {
  return isSpreadText(messageOf(record)) ? "a message of single characters" : null;
}

function wrongUsage(record: Json): string | null {
  const { usage } = messageOf(record);
  return usage === undefined || usage === null || isObject(usage) ? null : "usage is no object";
}

function wrongBlock(record: Json): string | null {
  const { content } = messageOf(record);
  if (!Array.isArray(content) || content.every(isBlock)) return null;
  return "a content block in a broken shape";
}

/** What each block must have, by its type; others may have what they like. */
const FIELDS: Readonly<Record<string, string>> = {
  text: "text",
  thinking: "thinking",
  tool_use: "id",
  tool_result: "tool_use_id",
};

function isBlock(block: unknown): boolean {
  if (!isObject(block) || typeof block.type !== "string") return false;
  const field = Object.hasOwn(FIELDS, block.type) ? FIELDS[block.type] : undefined;
  return field === undefined || typeof block[field] === "string";
}

function notAnObject(field: string): Check {
  return (record) => {
    const part = record[field];
    const isFine = part === undefined || part === null || isObject(part);
    return isFine || typeof part === "string" ? null : `${field} is no object`;
  };
}
