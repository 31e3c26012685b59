import type { RpcReader } from "@duolog/client";
import type { ToolCall } from "@duolog/contract";
import { readPages } from "../../../daemon/read.ts";
import { touchedOf } from "../../../output/transcript/call/touched.ts";

/**
 * All tool calls of a session, with their texts or without. A page of those without is read again
 * where only a long input says what a call touched, for the inputs alone.
 */
export function readCalls(
  reader: RpcReader,
  sessionId: string,
  texts: boolean,
): Promise<ToolCall[]> {
  return readPages(Number.POSITIVE_INFINITY, async (limit, cursor) => {
    const query = { sessionId, limit, cursor };
    const page = await reader.toolCall.list({ ...query, texts });
    if (texts || !page.items.some(isUntold)) return page;
    const whole = await reader.toolCall.list({ ...query, texts: "input" });
    const inputs = new Map(whole.items.map(({ id, input }) => [id, input]));
    const items = page.items.map((call) =>
      isUntold(call) ? { ...call, input: inputs.get(call.id) ?? null } : call,
    );
    return { ...page, items };
  });
}

/** Nothing in the row says what the call touched, and its input lies outside. */
function isUntold(call: ToolCall): boolean {
  return call.input === null && call.inputHash !== null && touchedOf(call, null) === null;
}
