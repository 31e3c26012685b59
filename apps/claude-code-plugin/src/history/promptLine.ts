import { createHash } from "node:crypto";
import { plausibleTime } from "@duolog/contract";
import { objectIn } from "../reader/objectIn.ts";
import {
  asId,
  asObject,
  asText,
  asTime,
  type Json,
  objectsOf,
  toldJson,
} from "../translate/json.ts";
import { wireLine, wireText } from "../translate/rows/text.ts";

/** A prompt as `history.jsonl` keeps it. Times are epoch ms. */
export interface PromptLine {
  /** Null where the line names none: older versions did. */
  readonly sessionId: string | null;
  /** The same however often it is read. */
  readonly id: string;
  readonly at: number | null;
  readonly text: string | null;
  readonly project: string | null;
  /** JSON of where it was given and what beside it. */
  readonly data: string | null;
}

/** What lies outside a line: a long paste by the hash of its text. Null where it is gone. */
export type PasteOf = (hash: string) => string | null;

/** Stands in a prompt's place for what was pasted into it. */
const PASTED = /\[(?:Pasted text|\.\.\.Truncated text) #(\d+)[^\]\n]*\]/g;

/** Reads a line `{display, pastedContents, timestamp, project, sessionId}`; a text says what is wrong. */
export function readPrompt(text: string, pasteOf: PasteOf): PromptLine | string {
  const line = objectIn(text);
  if (line === null) return "not a JSON object";
  const { display } = line;
  if (typeof display !== "string") return "no display";
  const at = plausibleTime(line.timestamp) ?? asTime(line.timestamp);
  const pasted = asObject(line.pastedContents);
  const project = wireLine(asText(line.project));
  return {
    sessionId: asId(line.sessionId),
    id: `prompt-${at ?? "untimed"}-${hashOf(display)}`,
    at,
    text: wireText(withPastes(display, pasted, pasteOf)),
    project,
    data: toldJson({ project, given: givenIn(pasted) }),
  };
}

function withPastes(display: string, pasted: Json, pasteOf: PasteOf): string {
  return display.replace(PASTED, (mark, number: string) => {
    const { content, contentHash } = asObject(pasted[number]);
    return asText(content) ?? pasteOf(asText(contentHash) ?? "") ?? mark;
  });
}

/** Of what is no text its type; never the content. */
function givenIn(pasted: Json): Json[] | null {
  const given = objectsOf(Object.values(pasted)).filter(({ type }) => type !== "text");
  const told = given.map(({ type, mediaType, filename }) => ({
    type: asText(type),
    mediaType: asText(mediaType) ?? undefined,
    name: asText(filename) ?? undefined,
  }));
  return told.length === 0 ? null : told;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
