import { type Cursor, Transcript, type TranscriptOwner } from "../../src/translate/transcript.ts";
import { Rows } from "./rows.ts";

export const OWNER = { sessionId: "s", agentId: null, agentType: null };
export const T0 = Date.parse("2026-11-22T11:00:00Z");
export const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

export type Json = Record<string, unknown>;

/** One line of an assistant message. */
export function answer(
  id: string,
  text: string | null,
  extra: { line?: Json; message?: Json } = {},
): Json {
  return {
    type: "assistant",
    sessionId: "s",
    uuid: `${id}-${text ?? "tool"}`,
    message: {
      id,
      model: "m",
      stop_reason: "end_turn",
      content: text === null ? [{ type: "tool_use", id: "t" }] : [{ type: "text", text }],
      usage: { input_tokens: 5, output_tokens: 7 },
      ...extra.message,
    },
    ...extra.line,
  };
}

export function prompt(text: unknown, extra: Json = {}): Json {
  return { type: "user", sessionId: "s", uuid: "u", message: { content: text }, ...extra };
}

export interface Reading {
  rows: Rows;
  broken: string[];
  transcript: Transcript;
}

/** Whose lines are read, with which other transcripts of the session, into which rows. */
interface Setting {
  owner?: TranscriptOwner;
  beside?: readonly Transcript[];
  rows?: Rows;
}

/**
 * Reads lines; after each of which `stop` says so, hands out, and goes on from the cursor.
 */
export function read(
  lines: (Json | string)[],
  stop: (line: number) => boolean = () => false,
  { owner = OWNER, beside = [], rows = new Rows() }: Setting = {},
): Reading {
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  const ends: number[] = [];
  for (const text of texts) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(text) + 1);
  const begin = (index: number) => ends[index - 1] ?? 0;
  const broken: string[] = [];
  let transcript = new Transcript(owner, null, beside);
  for (let i = 0; i < texts.length; i++) {
    const reason = transcript.add({ offset: begin(i), text: texts[i] ?? "" }, ends[i] ?? 0);
    if (reason) broken.push(reason);
    if (!stop(i)) continue;
    rows.add(transcript.take());
    const cursor = JSON.parse(JSON.stringify(transcript.cursor())) as Cursor;
    transcript = new Transcript(owner, cursor, beside);
    // What lies between the cursor and here is read again, as a new process does it.
    for (let k = 0; k <= i; k++) {
      if (begin(k) < cursor.offset) continue;
      transcript.add({ offset: begin(k), text: texts[k] ?? "" }, ends[k] ?? 0);
    }
  }
  rows.add(transcript.take());
  return { rows, broken, transcript };
}

export const told = (...lines: (Json | string)[]) => read(lines).rows.told();
export const message = (...lines: (Json | string)[]) => told(...lines).messages[0];
export const session = (...lines: (Json | string)[]) => told(...lines).sessions[0];
