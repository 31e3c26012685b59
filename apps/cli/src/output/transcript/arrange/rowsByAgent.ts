import type { Message, SessionEvent, ToolCall } from "@duolog/contract";
import { objectIn } from "../json.ts";
import type { Shown } from "../shown.ts";

/** The rows of one conversation, each kind in the order of time. */
export interface Rows {
  messages: Message[];
  toolCalls: ToolCall[];
  events: SessionEvent[];
}

/**
 * The rows of a session by the sub-agent that they are of; null is the main conversation. The
 * agents come in the order of their first message, those without one last.
 */
export function rowsByAgent({ messages, toolCalls, events }: Shown): Map<string | null, Rows> {
  const agents = new Map<string | null, Rows>();
  for (const row of messages) rowsOf(agents, row.agentId).messages.push(row);
  for (const row of toolCalls) rowsOf(agents, row.agentId).toolCalls.push(row);
  for (const row of events) rowsOf(agents, agentOf(row)).events.push(row);
  return agents;
}

function rowsOf(agents: Map<string | null, Rows>, agentId: string | null): Rows {
  const found = agents.get(agentId);
  if (found) return found;
  const rows = { messages: [], toolCalls: [], events: [] };
  agents.set(agentId, rows);
  return rows;
}

/** Events have no column for it. */
function agentOf({ data }: SessionEvent): string | null {
  const { agentId } = objectIn(data);
  return typeof agentId === "string" ? agentId : null;
}
