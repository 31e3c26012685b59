import type { MessageRow, ToolCallRow } from "./rows.ts";

/**
 * The calls whose end no store tells as the record has them by rule M8: interrupted, once a later
 * message of the same agent shows that the conversation went on.
 */
export function withInference(calls: ToolCallRow[], messages: MessageRow[]): ToolCallRow[] {
  return calls.map((call) => {
    const isOver = messages.some(
      (message) =>
        message.sessionId === call.sessionId &&
        message.agentId === call.agentId &&
        message.id !== call.messageId &&
        (message.createdAt ?? 0) > (call.createdAt ?? 0),
    );
    return call.status === "running" && isOver ? { ...call, status: "interrupted" } : call;
  });
}
