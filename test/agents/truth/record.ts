import { existsSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { openReadOnly } from "../../harness/rows.ts";
import {
  type MessageRow,
  NO_ROWS,
  type Rows,
  type SessionRow,
  sorted,
  type ToolCallRow,
} from "./rows.ts";

const TOKENS = `prompt_tokens promptTokens, completion_tokens completionTokens,
  reasoning_tokens reasoningTokens, cache_read_tokens cacheReadTokens,
  cache_write_tokens cacheWriteTokens`;

const SESSIONS = `SELECT id, source, title, project_path projectPath, project_name projectName,
  git_branch gitBranch, parent_id parentId, model, agent_version agentVersion, cost,
  created_at createdAt, updated_at updatedAt, ${TOKENS} FROM sessions`;

const MESSAGES = `SELECT id, session_id sessionId, source, role, text_content text,
  reasoning_text reasoning, reasoning_hash, model, provider, agent, agent_id agentId,
  finish_reason finishReason, error, cost, created_at createdAt, completed_at completedAt, ${TOKENS}
  FROM messages WHERE removed_at IS NULL`;

const TOOL_CALLS = `SELECT c.id, c.session_id sessionId, c.source, c.message_id messageId,
  c.agent_id agentId, c.is_sidechain isSidechain, position, name, kind, status, input, input_hash,
  output, output_hash, c.error, file_path filePath, child_session_id childSessionId,
  child_agent_id childAgentId, c.created_at createdAt, c.completed_at completedAt,
  c.duration_ms durationMs
  FROM tool_calls c LEFT JOIN messages m ON m.session_id = c.session_id AND m.id = c.message_id
  WHERE m.removed_at IS NULL`;

interface StoredBlob {
  hash: string;
  text: string | null;
  deflated: Buffer | null;
}

interface StoredMessage extends MessageRow {
  reasoning_hash: string | null;
}

interface StoredCall extends Omit<ToolCallRow, "isSidechain" | "input"> {
  isSidechain: number | null;
  input: string | null;
  input_hash: string | null;
  output_hash: string | null;
}

/**
 * Reads duolog.db as any other program would: the file alone, read-only. Messages that were removed
 * and their calls are left out, for the agent's own store has them no more.
 */
export function readRecord(dataDir: string): Rows {
  const file = join(dataDir, "duolog.db");
  if (!existsSync(file)) return NO_ROWS;
  return query(file, (all) => {
    if (all("SELECT 1 FROM sqlite_master WHERE name = 'blobs'").length === 0) return NO_ROWS;
    const blobs = new Map((all("SELECT * FROM blobs") as StoredBlob[]).map((b) => [b.hash, b]));
    const whole = (text: string | null, hash: string | null) =>
      hash === null ? text : blobText(blobs.get(hash));
    return sorted({
      sessions: all(SESSIONS) as SessionRow[],
      messages: (all(MESSAGES) as StoredMessage[]).map(({ reasoning_hash, ...row }) => ({
        ...row,
        reasoning: whole(row.reasoning, reasoning_hash),
      })),
      toolCalls: (all(TOOL_CALLS) as StoredCall[]).map(({ input_hash, output_hash, ...row }) => ({
        ...row,
        isSidechain: row.isSidechain === null ? null : row.isSidechain === 1,
        input: meant(whole(row.input, input_hash)),
        output: whole(row.output, output_hash),
      })),
    });
  });
}

function blobText(blob: StoredBlob | undefined): string | null {
  if (blob === undefined) return null;
  return blob.deflated === null ? blob.text : inflateSync(blob.deflated).toString("utf8");
}

/** What JSON means; any other text as it is. */
export function meant(json: string | null): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
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
