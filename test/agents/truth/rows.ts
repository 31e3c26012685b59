/** Token counts as columns of the record. */
export interface Tokens {
  promptTokens: number | null;
  completionTokens: number | null;
  reasoningTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
}

/** A session, as far as the agents' own files say enough to check it. Times are epoch ms. */
export interface SessionRow extends Tokens {
  id: string;
  source: string | null;
  title: string | null;
  projectPath: string | null;
  projectName: string | null;
  gitBranch: string | null;
  parentId: string | null;
  model: string | null;
  agentVersion: string | null;
  cost: number | null;
  createdAt: number | null;
  updatedAt: number | null;
}

/** A message, as far as the agents' own files say enough to check it. Times are epoch ms. */
export interface MessageRow extends Tokens {
  id: string;
  sessionId: string;
  source: string | null;
  role: string | null;
  text: string | null;
  /** What the model thought, in order, joined by a blank line. */
  reasoning: string | null;
  model: string | null;
  provider: string | null;
  agent: string | null;
  agentId: string | null;
  finishReason: string | null;
  error: string | null;
  cost: number | null;
  createdAt: number | null;
  completedAt: number | null;
}

/** A tool call, as far as the agents' own files say enough to check it. Times are epoch ms. */
export interface ToolCallRow {
  id: string;
  sessionId: string;
  source: string | null;
  messageId: string | null;
  agentId: string | null;
  isSidechain: boolean | null;
  position: number | null;
  name: string | null;
  kind: string | null;
  status: string | null;
  /** What its JSON means; a text that is none, as it is. */
  input: unknown;
  output: string | null;
  error: string | null;
  filePath: string | null;
  childSessionId: string | null;
  childAgentId: string | null;
  createdAt: number | null;
  completedAt: number | null;
  durationMs: number | null;
}

/** What is in a data directory, or ought to be; sorted by session and id. */
export interface Rows {
  sessions: SessionRow[];
  messages: MessageRow[];
  toolCalls: ToolCallRow[];
}

/** Nothing at all. */
export const NO_ROWS: Rows = { sessions: [], messages: [], toolCalls: [] };

/** The same rows in the one order in which they are compared. */
export function sorted(rows: Rows): Rows {
  const by =
    <T>(key: (row: T) => string) =>
    (a: T, b: T) =>
      key(a) < key(b) ? -1 : 1;
  return {
    sessions: rows.sessions.toSorted(by((row) => row.id)),
    messages: rows.messages.toSorted(by((row) => `${row.sessionId} ${row.id}`)),
    toolCalls: rows.toolCalls.toSorted(by((row) => `${row.sessionId} ${row.id}`)),
  };
}

/** Nothing counted. */
export const NO_TOKENS: Tokens = {
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
};
