import type { AgentSummary } from "@duolog/contract";

/** What some messages of one agent of a session tell of it. */
export interface AgentMessages {
  sessionId: string;
  agentId: string;
  agent: string | null;
  count: number;
  first: number | null;
  last: number | null;
}

/** How many calls one agent of a session made; `agentId` is null of the session's own. */
export interface AgentCalls {
  sessionId: string;
  agentId: string | null;
  count: number;
  /** Agents that some of them started. */
  started: string[];
}

/** The agents that messages and calls tell of, in the order of their first messages. */
export function agentsOf(
  heard: readonly AgentMessages[],
  made: readonly AgentCalls[],
): AgentSummary[] {
  const agents = new Map<string, AgentSummary>();
  const keyOf = (sessionId: string, agentId: string) => JSON.stringify([sessionId, agentId]);
  for (const { sessionId, agentId, agent, count, first, last } of heard) {
    const known = agents.get(keyOf(sessionId, agentId)) ?? blank(sessionId, agentId);
    known.agent ??= agent;
    known.messageCount += count;
    known.createdAt = outer(Math.min, known.createdAt, first);
    known.updatedAt = outer(Math.max, known.updatedAt, last);
    agents.set(keyOf(sessionId, agentId), known);
  }
  for (const { sessionId, agentId, count, started } of made) {
    const caller = agents.get(keyOf(sessionId, agentId ?? ""));
    if (caller) caller.toolCallCount += count;
    for (const id of started) {
      const child = agents.get(keyOf(sessionId, id));
      if (child && child !== caller) child.startedBy ??= agentId;
    }
  }
  return [...agents.values()].sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}

function blank(sessionId: string, agentId: string): AgentSummary {
  const unknown = { agent: null, startedBy: null, createdAt: null, updatedAt: null };
  return { sessionId, agentId, ...unknown, messageCount: 0, toolCallCount: 0 };
}

function outer(
  choose: (a: number, b: number) => number,
  a: number | null,
  b: number | null,
): number | null {
  return a === null || b === null ? (a ?? b) : choose(a, b);
}
