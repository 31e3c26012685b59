import type { IngestRecord, MessageUpsert, ToolCallUpsert } from "@duolog/contract";
import { phrase } from "./lines.ts";
import { messageOf } from "./messages.ts";
import { below, randomOf } from "./random.ts";
import { toolCallOf } from "./toolCalls.ts";

/**
 * What is sent: `messages` of 2 KB; `mixed`, of which every third record is a tool call; `steps`, of
 * which each is a message of some words and thoughts and its call, whose output is 83 % of the bytes.
 */
export type Mix = keyof typeof RECORD_OF;

const RECORD_OF = {
  messages: (sender: string, n: number): IngestRecord => said(messageOf(sender, n)),
  mixed: (sender: string, n: number) =>
    n % 3 === 2 ? called(sender, n) : said(messageOf(sender, n)),
  steps: (sender: string, n: number) =>
    n % 2 === 1 ? called(sender, n >> 1) : said(shortMessageOf(sender, n >> 1)),
};

/** Records `from` to `to` (exclusive) of a sender. */
export function recordsOf(mix: Mix, sender: string, from: number, to: number): IngestRecord[] {
  return Array.from({ length: to - from }, (_, i) => RECORD_OF[mix](sender, from + i));
}

function said(data: MessageUpsert): IngestRecord {
  return { kind: "message", data };
}

function called(sender: string, n: number): IngestRecord {
  return { kind: "toolCall", data: toolCallOf(sender, n) };
}

/** What an agent says between two calls: some words, and thoughts of which one in six is long. */
function shortMessageOf(sender: string, n: number): MessageUpsert {
  const random = randomOf(`${sender} step ${n}`);
  const reasoningText = phrase(random, below(random, 6) === 0 ? 150 : 12);
  return {
    ...messageOf(sender, n),
    textContent: phrase(random, 30),
    reasoningText,
    reasoningBytes: Buffer.byteLength(reasoningText),
  };
}

/** Bytes in UTF-8 of all that was said, thought, called for and answered; of the tools' answers alone. */
export function textBytes(records: IngestRecord[]): { all: number; outputs: number } {
  let all = 0;
  let outputs = 0;
  for (const { data } of records) {
    const { textContent, reasoningText, input, output } = data as Texts;
    for (const text of [textContent, reasoningText, input, output]) all += bytesOf(text);
    outputs += bytesOf(output);
  }
  return { all, outputs };
}

type Texts = Pick<MessageUpsert, "textContent" | "reasoningText"> &
  Pick<ToolCallUpsert, "input" | "output">;

function bytesOf(text: string | null | undefined): number {
  return Buffer.byteLength(text ?? "");
}
