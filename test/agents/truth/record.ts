import { existsSync } from "node:fs";
import { join } from "node:path";
import { openReadOnly } from "../../harness/rows.ts";

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

/** What is in a data directory, or ought to be; sorted by session and id. */
export interface Rows {
  sessions: SessionRow[];
  messages: MessageRow[];
}

const TOKENS = `prompt_tokens promptTokens, completion_tokens completionTokens,
  reasoning_tokens reasoningTokens, cache_read_tokens cacheReadTokens,
  cache_write_tokens cacheWriteTokens`;

const SESSIONS = `SELECT id, source, title, project_path projectPath, project_name projectName,
  git_branch gitBranch, parent_id parentId, model, agent_version agentVersion, cost,
  created_at createdAt, updated_at updatedAt, ${TOKENS} FROM sessions`;

const MESSAGES = `SELECT id, session_id sessionId, source, role, text_content text, model, provider,
  agent, agent_id agentId, finish_reason finishReason, error, cost, created_at createdAt,
  completed_at completedAt, ${TOKENS} FROM messages`;

/** Reads duolog.db as any other program would: the file alone, read-only. */
export function readRecord(dataDir: string): Rows {
  const file = join(dataDir, "duolog.db");
  if (!existsSync(file)) return { sessions: [], messages: [] };
  return query(file, (all) => {
    if (all("SELECT 1 FROM sqlite_master WHERE name = 'messages'").length === 0) {
      return { sessions: [], messages: [] };
    }
    return sorted({
      sessions: all(SESSIONS) as SessionRow[],
      messages: all(MESSAGES) as MessageRow[],
    });
  });
}

/** Runs read-only queries on an SQLite file. */
export function query<T>(file: string, read: (all: (sql: string) => unknown[]) => T): T {
  const database = openReadOnly(file);
  try {
    return read((sql) => database.prepare(sql).all());
  } finally {
    database.close();
  }
}

/** The same rows in the one order in which they are compared. */
export function sorted(rows: Rows): Rows {
  const by =
    <T>(key: (row: T) => string) =>
    (a: T, b: T) =>
      key(a) < key(b) ? -1 : 1;
  return {
    sessions: rows.sessions.toSorted(by((row) => row.id)),
    messages: rows.messages.toSorted(by((row) => `${row.sessionId} ${row.id}`)),
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
