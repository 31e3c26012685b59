import type { ToolCall } from "@duolog/contract";
import * as z from "zod";
import { callLine } from "../../../output/transcript/call/callLine.ts";
import { bytesOf, cut } from "../../answer/fit.ts";

/** A tool call of a message: what it did in a line, and its texts where they are asked for. */
export const CALL = z.object({
  call: z.string(),
  did: z.string(),
  input: z.string().optional(),
  output: z.string().optional(),
});
type CallItem = z.infer<typeof CALL>;

/** How calls are told. */
export interface CallView {
  project: string | null;
  /** With their inputs and outputs. */
  texts: boolean;
  /** All of them. */
  bytes: number;
}

/** Calls: their texts share what the lines leave. Those that have no place any more are counted. */
export function callItems(
  calls: readonly ToolCall[],
  { project, texts, bytes }: CallView,
): CallItem[] {
  const lines: CallItem[] = [];
  let left = bytes;
  for (const [index, call] of calls.entries()) {
    const line = { call: call.id, did: callLine(call, project) };
    left -= bytesOf(line) + 1;
    if (left < 0 && index > 0) {
      lines.push({
        call: call.id,
        did: `this and ${calls.length - index - 1} more: give more bytes`,
      });
      return lines;
    }
    lines.push(line);
  }
  if (!texts) return lines;
  const share = left / (2 * lines.length);
  return lines.map((line, at) => ({ ...line, ...textsOf(calls[at] as ToolCall, share) }));
}

/** The texts, each cut to so many bytes of JSON. */
function textsOf({ input, output }: ToolCall, bytes: number): Partial<CallItem> {
  const short = (text: string | null) => {
    if (!text || bytes < 40) return undefined;
    let units = Math.floor(bytes);
    // A unit may take six bytes, and of most texts takes one.
    while (units > 10 && bytesOf(cut(text, units)) > bytes) units = Math.floor(units * 0.7);
    return cut(text, units);
  };
  return { input: short(input), output: short(output) };
}
