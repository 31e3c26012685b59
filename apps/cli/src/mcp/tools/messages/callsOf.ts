import type { RpcReader } from "@duolog/client";
import type { Message, ToolCall } from "@duolog/contract";
import { cursorAt, type ReadPage, WHOLE_PAGE } from "../pages.ts";

/** A call of a message begins at most so much later than the last message that is read, ms. */
const LATER_MS = 3_600_000;

/** The tool calls of messages of one session, in order; with all long texts, or with their inputs alone. */
export async function callsOf(
  reader: RpcReader,
  messages: readonly Message[],
  texts: boolean,
): Promise<ToolCall[]> {
  const sessionId = messages[0]?.sessionId;
  if (sessionId === undefined) return [];
  const ids = new Set(messages.map(({ id }) => id));
  const isOurs = ({ messageId }: ToolCall) => messageId !== null && ids.has(messageId);
  const last = Math.max(...messages.map(({ createdAt }) => createdAt ?? 0)) + LATER_MS;
  const plain = readOf(reader, sessionId, false);
  const whole = readOf(reader, sessionId, texts ? true : "input");
  const found: ToolCall[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await plain({ limit: WHOLE_PAGE, cursor });
    const first = items.findIndex(isOurs);
    if (first >= 0) {
      const limit = items.findLastIndex(isOurs) - first + 1;
      const page = await whole({ limit, cursor: await cursorAt(plain, cursor, first) });
      found.push(...page.items.filter(isOurs));
    }
    if (nextCursor === null || (items.at(-1)?.createdAt ?? 0) > last) return found;
    cursor = nextCursor;
  }
}

function readOf(
  reader: RpcReader,
  sessionId: string,
  texts: boolean | "input",
): ReadPage<ToolCall> {
  return (page) => reader.toolCall.list({ sessionId, ...page, texts });
}
