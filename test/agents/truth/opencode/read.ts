import { existsSync } from "node:fs";
import { basename } from "node:path";
import { withInference } from "../inference.ts";
import { query } from "../record.ts";
import { NO_ROWS, NO_TOKENS, type Rows, sorted, type Tokens } from "../rows.ts";
import { callOf, isCall } from "./calls.ts";

interface StoredSession {
  id: string;
  parent_id: string | null;
  directory: string;
  title: string;
  version: string;
  model: string | null;
  cost: number;
  tokens_input: number;
  tokens_output: number;
  tokens_reasoning: number;
  tokens_cache_read: number;
  tokens_cache_write: number;
  time_created: number;
  time_updated: number;
}

/** A row of `message` or `part`; `message_id` of a part alone. */
export interface StoredRow {
  id: string;
  session_id: string;
  message_id: string;
  time_created: number;
  data: string;
}

interface MessageData {
  role: string;
  time: { created: number; completed?: number };
  agent?: string;
  model?: { providerID: string; modelID: string };
  modelID?: string;
  providerID?: string;
  finish?: string;
  cost?: number;
  tokens?: {
    input: number;
    output: number;
    reasoning: number;
    cache: { read: number; write: number };
  };
  error?: { name: string; data?: { message?: string } };
  path?: { cwd: string };
}

interface PartData {
  type: string;
  text?: string;
  synthetic?: boolean;
  ignored?: boolean;
}

/** What OpenCode stored in its own database, as the rows that the record must hold. */
export function readOpencode(file: string): Rows {
  if (!existsSync(file)) return NO_ROWS;
  return query(file, (all) => {
    const parts = all("SELECT * FROM part ORDER BY time_created, id") as StoredRow[];
    const stored = all("SELECT * FROM message ORDER BY time_created, id") as StoredRow[];
    const messages = stored.map((row) => {
      const own = parts.filter((part) => part.message_id === row.id);
      return message(
        row,
        own.map((part) => JSON.parse(part.data) as PartData),
      );
    });
    const sessions = (all("SELECT * FROM session") as StoredSession[]).map(session);
    const calls = stored.flatMap((row) => callsOf(row, parts));
    return sorted({ sessions, messages, toolCalls: withInference(calls, messages) });
  });
}

function callsOf(message: StoredRow, parts: StoredRow[]) {
  const own = parts.filter((part) => part.message_id === message.id);
  const { path } = JSON.parse(message.data) as MessageData;
  return own.flatMap((part, place) => (isCall(part) ? [callOf(part, place, path?.cwd ?? "")] : []));
}

function session(row: StoredSession) {
  return {
    id: row.id,
    source: "opencode",
    title: row.title,
    projectPath: row.directory,
    projectName: basename(row.directory),
    gitBranch: null,
    parentId: row.parent_id,
    model: row.model === null ? null : (JSON.parse(row.model) as { id: string }).id,
    agentVersion: row.version,
    promptTokens: row.tokens_input,
    completionTokens: row.tokens_output,
    reasoningTokens: row.tokens_reasoning,
    cacheReadTokens: row.tokens_cache_read,
    cacheWriteTokens: row.tokens_cache_write,
    cost: row.cost,
    createdAt: row.time_created,
    updatedAt: row.time_updated,
  };
}

function message(row: StoredRow, parts: PartData[]) {
  const data = JSON.parse(row.data) as MessageData;
  return {
    id: row.id,
    sessionId: row.session_id,
    source: "opencode",
    role: data.role,
    text: textOf(parts, "text"),
    reasoning: textOf(parts, "reasoning"),
    model: data.modelID ?? data.model?.modelID ?? null,
    provider: data.providerID ?? data.model?.providerID ?? null,
    agent: data.agent ?? null,
    agentId: null,
    finishReason: data.finish ?? null,
    error: errorOf(data),
    ...tokens(data),
    cost: data.cost ?? null,
    createdAt: data.time.created,
    completedAt: data.time.completed ?? null,
  };
}

function errorOf({ error }: MessageData): string | null {
  if (error === undefined) return null;
  return error.data?.message === undefined ? error.name : `${error.name}: ${error.data.message}`;
}

function textOf(parts: PartData[], type: string): string | null {
  const texts = parts.flatMap((part) =>
    part.type === type && part.synthetic !== true && part.ignored !== true && part.text
      ? [part.text]
      : [],
  );
  return texts.length === 0 ? null : texts.join("\n\n");
}

function tokens(data: MessageData): Tokens {
  if (data.tokens === undefined) return NO_TOKENS;
  return {
    promptTokens: data.tokens.input,
    completionTokens: data.tokens.output,
    reasoningTokens: data.tokens.reasoning,
    cacheReadTokens: data.tokens.cache.read,
    cacheWriteTokens: data.tokens.cache.write,
  };
}
