import type { RpcReader } from "@duolog/client";
import type { Message, SessionEvent, ToolCall } from "@duolog/contract";
import type { Hit } from "@duolog/contract/server";
import { type ReadPage, WHOLE_PAGE } from "../pages.ts";

/** Rows that are read at once around the time of a hit. */
const AT_ONCE = 4;

/**
 * The whole text that a hit was found in; null where its row is not there any more. An excerpt is cut
 * already: half a secret is none that a rule knows.
 */
export async function wholeText(reader: RpcReader, hit: Hit): Promise<string | null> {
  const { sessionId, createdAt, messageId, toolCallId } = hit;
  const since = createdAt ?? undefined;
  const texts = true;
  if (toolCallId !== null) {
    const read: ReadPage<ToolCall> = (page) =>
      reader.toolCall.list({ sessionId, since, texts, ...page });
    const call = await find(read, createdAt, ({ id }) => id === toolCallId);
    return call ? saidOf(call, hit.in) : null;
  }
  if (hit.event !== null) {
    const read: ReadPage<SessionEvent> = (page) =>
      reader.event.list({ sessionId, since, texts, ...page });
    const event = await find(read, createdAt, ({ kind }) => kind === hit.event);
    return event?.text ?? null;
  }
  const read: ReadPage<Message> = (page) =>
    reader.message.list({ sessionId, since, texts, ...page });
  const message = await find(read, createdAt, ({ id }) => id === messageId);
  return (hit.in === "reasoning" ? message?.reasoningText : message?.textContent) ?? null;
}

/** The row, among those of this time; among all where none is told. */
async function find<T extends { createdAt: number | null }>(
  read: ReadPage<T>,
  time: number | null,
  is: (row: T) => boolean,
): Promise<T | undefined> {
  const limit = time === null ? WHOLE_PAGE : AT_ONCE;
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await read({ limit, cursor });
    const found = items.find(is);
    const isPast = time !== null && (items.at(-1)?.createdAt ?? 0) > time;
    if (found || isPast || nextCursor === null) return found;
    cursor = nextCursor;
  }
}

function saidOf({ name, input, error, output }: ToolCall, scope: Hit["in"]): string | null {
  return scope === "outputs" ? output : [name, input, error].filter(Boolean).join("\n");
}
