/** A sub-agent that works within its session, as Claude Code's do. */
export interface AgentSummary {
  sessionId: string;
  agentId: string;
  /** Its name or type. */
  agent: string | null;
  /** The agent whose call started it; null where that is the session itself, or nothing tells. */
  startedBy: string | null;
  messageCount: number;
  toolCallCount: number;
  /** Times of its first and last message, epoch ms. */
  createdAt: number | null;
  updatedAt: number | null;
}

/** What the calls of one tool came to. A fork's copies count where they were made. */
export interface ToolSummary {
  /** Null of calls whose tool nobody told. */
  name: string | null;
  calls: number;
  errors: number;
  denied: number;
  interrupted: number;
  /** Of calls that tell how long they took, ms. */
  medianMs: number | null;
  longestMs: number | null;
}
