import {
  column,
  completeMessage,
  completeSession,
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
export function sessionUpsert(known: KnownSession): Required<SessionUpsert> {
  return completeSession({
    id: column.id(known.id),
    source: column.source(SOURCE),
    title: column.text(known.title),
    titleKind: column.titleKind(known.titleKind),
    projectPath: column.text(known.projectPath),
    projectName: column.text(known.projectName),
    gitBranch: column.text(known.gitBranch),
    model: column.text(known.model),
    provider: column.text(known.model === null ? null : PROVIDER),
    agentVersion: column.text(known.agentVersion),
    // A sub-agent of Claude Code speaks within the session that started it.
    parentId: column.text(null),
    status: column.status(known.status),
    error: column.text(known.error),
    promptTokens: column.count(known.tokens.input),
    completionTokens: column.count(known.tokens.output),
    reasoningTokens: column.count(known.tokens.thinking),
    cacheReadTokens: column.count(known.tokens.cacheRead),
    cacheWriteTokens: column.count(known.tokens.cacheWrite),
    cost: column.usd(known.cost),
    createdAt: column.time(known.createdAt),
    updatedAt: column.time(known.updatedAt),
    endedAt: column.time(known.endedAt),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
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
export function messageUpsert(known: KnownMessage): Required<MessageUpsert> {
  return completeMessage({
    id: column.id(known.id),
    sessionId: column.id(known.sessionId),
    source: column.source(SOURCE),
    role: column.text(known.role),
    textContent: column.text(known.text),
    model: column.text(known.model),
    provider: column.text(known.model === null ? null : PROVIDER),
    agent: column.text(known.agent),
    agentId: column.text(known.agentId),
    // `parentUuid` names a line, often an attachment's or a tool result's, not a message.
    parentId: column.text(null),
    finishReason: column.text(known.finishReason),
    error: column.text(known.error),
    promptTokens: column.count(known.tokens.input),
    completionTokens: column.count(known.tokens.output),
    reasoningTokens: column.count(known.tokens.thinking),
    cacheReadTokens: column.count(known.tokens.cacheRead),
    cacheWriteTokens: column.count(known.tokens.cacheWrite),
    // Claude Code tells what a session cost, not what a message did.
    cost: column.usd(null),
    durationMs: column.count(known.durationMs),
    createdAt: column.time(known.createdAt),
    completedAt: column.time(known.completedAt),
    updatedAt: column.time(known.updatedAt),
    removedAt: column.time(null),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
}
