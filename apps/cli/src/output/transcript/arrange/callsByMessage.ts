import type { ToolCall } from "@duolog/contract";
import type { Rows } from "./rowsByAgent.ts";

/** The calls of each message in its order; under null those whose message is not there. */
export function callsByMessage({ messages, toolCalls }: Rows): Map<string | null, ToolCall[]> {
  const calls = new Map<string | null, ToolCall[]>(messages.map(({ id }) => [id, []]));
  const lone: ToolCall[] = [];
  for (const call of toolCalls) (calls.get(call.messageId) ?? lone).push(call);
  for (const some of calls.values()) some.sort(byPosition);
  return calls.set(null, lone);
}

/** They come in the order of time, which a sort keeps where the positions say nothing. */
function byPosition(a: ToolCall, b: ToolCall): number {
  return (a.position ?? Number.MAX_VALUE) - (b.position ?? Number.MAX_VALUE);
}
