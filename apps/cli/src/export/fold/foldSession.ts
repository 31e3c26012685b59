import type { Message, ToolCall } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import type { Shown } from "../../output/transcript/shown.ts";
import { withoutPrompts } from "../../output/transcript/transcript.ts";
import type { Walk } from "../reading/Walk.ts";
import { type FoldedCall, foldCall } from "./foldCall.ts";
import { shorten } from "./shorten.ts";

/** A session as a person reads it: the long texts are shortened, those of calls stand beside their rows. */
export interface Folded {
  shown: Shown;
  calls: ReadonlyMap<ToolCall, FoldedCall>;
}

/** Reads a session and those that its calls started, each long text to about so many characters. */
export async function foldSession(
  session: SessionSummary,
  walk: Walk,
  most: number,
): Promise<Folded> {
  const calls = new Map<ToolCall, FoldedCall>();
  return { shown: await read(session, walk, { most, calls }), calls };
}

interface Folding {
  most: number;
  calls: Map<ToolCall, FoldedCall>;
}

async function read(session: SessionSummary, walk: Walk, folding: Folding): Promise<Shown> {
  const { id, projectPath } = session;
  const { most, calls } = folding;
  const shown: Shown = { session, messages: [], toolCalls: [], events: [], children: [] };
  for await (const message of walk.rows("message", id)) {
    shown.messages.push(foldThoughts(message, most));
  }
  for await (const call of walk.rows("toolCall", id)) {
    const row = { ...call, input: null, output: null, error: null, data: null };
    calls.set(row, foldCall(call, projectPath, most));
    shown.toolCalls.push(row);
  }
  for await (const event of walk.rows("event", id)) shown.events.push(event);
  for await (const child of walk.children(id)) {
    shown.children.push(await read(child, walk, folding));
  }
  return withoutPrompts(shown);
}

function foldThoughts(message: Message, most: number): Message {
  const { reasoningText } = message;
  return reasoningText === null
    ? message
    : { ...message, reasoningText: shorten(reasoningText, most) };
}
