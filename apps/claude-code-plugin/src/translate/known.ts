import {
  type Complete,
  type MessageUpsert,
  type SessionStatus,
  type SessionUpsert,
  Source,
  type TitleKind,
} from "@duolog/contract";
import { larger } from "./json.ts";

/** What the wire calls this agent; the annotation makes another value of the enum a compile error. */
const SOURCE: "claude-code" = Source.claude_code;
const PROVIDER = "anthropic";

/** Counts of tokens; null where none was told. */
export interface Tokens {
  /** Input without cache. */
  readonly input: number | null;
  readonly output: number | null;
  readonly thinking: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
}

/** Nothing was told. */
export const NO_TOKENS: Tokens = {
  input: null,
  output: null,
  thinking: null,
  cacheRead: null,
  cacheWrite: null,
};

/** Of two counts of the same thing, the larger of each kind. */
export function fullest(a: Tokens, b: Tokens): Tokens {
  return {
    input: larger(a.input, b.input),
    output: larger(a.output, b.output),
    thinking: larger(a.thinking, b.thinking),
    cacheRead: larger(a.cacheRead, b.cacheRead),
    cacheWrite: larger(a.cacheWrite, b.cacheWrite),
  };
}

/** A session as far as its transcript or a hook tells. Times are epoch ms, `cost` is USD. */
export interface KnownSession {
  readonly id: string;
  readonly title: string | null;
  readonly titleKind: TitleKind | null;
  readonly projectPath: string | null;
  readonly projectName: string | null;
  readonly gitBranch: string | null;
  readonly model: string | null;
  readonly agentVersion: string | null;
  readonly status: SessionStatus | null;
  readonly error: string | null;
  readonly tokens: Tokens;
  readonly cost: number | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly endedAt: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The session for the wire, every column named. */
export function sessionUpsert(known: KnownSession): Complete<SessionUpsert> {
  return {
    id: known.id,
    source: SOURCE,
    title: known.title,
    titleKind: known.titleKind,
    projectPath: known.projectPath,
    projectName: known.projectName,
    gitBranch: known.gitBranch,
    model: known.model,
    provider: known.model === null ? null : PROVIDER,
    agentVersion: known.agentVersion,
    // A sub-agent of Claude Code speaks within the session that started it.
    parentId: null,
    status: known.status,
    error: known.error,
    promptTokens: known.tokens.input,
    completionTokens: known.tokens.output,
    reasoningTokens: known.tokens.thinking,
    cacheReadTokens: known.tokens.cacheRead,
    cacheWriteTokens: known.tokens.cacheWrite,
    cost: known.cost,
    createdAt: known.createdAt,
    updatedAt: known.updatedAt,
    endedAt: known.endedAt,
    observedAt: known.observedAt,
    observedSeq: known.observedSeq,
  };
}

/** A message as far as its lines or a hook tell. Times are epoch ms, `durationMs` ms. */
export interface KnownMessage {
  readonly id: string;
  readonly sessionId: string;
  readonly role: "user" | "assistant";
  readonly text: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly agentId: string | null;
  readonly finishReason: string | null;
  readonly error: string | null;
  readonly tokens: Tokens;
  readonly durationMs: number | null;
  readonly createdAt: number | null;
  readonly completedAt: number | null;
  readonly updatedAt: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The message for the wire, every column named. */
export function messageUpsert(known: KnownMessage): Complete<MessageUpsert> {
  return {
    id: known.id,
    sessionId: known.sessionId,
    source: SOURCE,
    role: known.role,
    textContent: known.text,
    model: known.model,
    provider: known.model === null ? null : PROVIDER,
    agent: known.agent,
    agentId: known.agentId,
    // `parentUuid` names a line, often an attachment's or a tool result's, not a message.
    parentId: null,
    finishReason: known.finishReason,
    error: known.error,
    promptTokens: known.tokens.input,
    completionTokens: known.tokens.output,
    reasoningTokens: known.tokens.thinking,
    cacheReadTokens: known.tokens.cacheRead,
    cacheWriteTokens: known.tokens.cacheWrite,
    // Claude Code tells what a session cost, not what a message did.
    cost: null,
    durationMs: known.durationMs,
    createdAt: known.createdAt,
    completedAt: known.completedAt,
    updatedAt: known.updatedAt,
    removedAt: null,
    observedAt: known.observedAt,
    observedSeq: known.observedSeq,
  };
}
