import {
  column,
  completeSession,
  type SessionStatus,
  type SessionUpsert,
  type TitleKind,
} from "@duolog/contract";
import { PROVIDER, SOURCE } from "./source.ts";
import { NO_TOKENS, type Tokens } from "./tokens.ts";

/** A session as far as its transcript or a hook tells; what they do not tell is absent or null. Times are epoch ms, `cost` is USD. */
export interface KnownSession {
  readonly id: string;
  readonly title?: string | null;
  readonly titleKind?: TitleKind | null;
  readonly projectPath?: string | null;
  readonly projectName?: string | null;
  readonly gitBranch?: string | null;
  readonly model?: string | null;
  readonly agentVersion?: string | null;
  readonly forkedFromId?: string | null;
  readonly status?: SessionStatus | null;
  readonly error?: string | null;
  readonly tokens?: Tokens;
  readonly cost?: number | null;
  readonly linesAdded?: number | null;
  readonly linesRemoved?: number | null;
  readonly createdAt?: number | null;
  readonly updatedAt?: number | null;
  readonly endedAt?: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The session for the wire, every column named. */
export function sessionUpsert(known: KnownSession): Required<SessionUpsert> {
  const { model = null, tokens = NO_TOKENS } = known;
  return completeSession({
    id: column.id(known.id),
    source: column.source(SOURCE),
    title: column.text(known.title),
    titleKind: column.titleKind(known.titleKind),
    projectPath: column.text(known.projectPath),
    projectName: column.text(known.projectName),
    // Claude Code has no id of a project: it knows directories.
    projectId: column.text(null),
    gitBranch: column.text(known.gitBranch),
    model: column.text(known.model),
    provider: column.text(model === null ? null : PROVIDER),
    agentVersion: column.text(known.agentVersion),
    // A sub-agent of Claude Code speaks within the session that started it.
    parentId: column.text(null),
    forkedFromId: column.text(known.forkedFromId),
    status: column.status(known.status),
    error: column.text(known.error),
    promptTokens: column.count(tokens.input),
    completionTokens: column.count(tokens.output),
    reasoningTokens: column.count(tokens.thinking),
    cacheReadTokens: column.count(tokens.cacheRead),
    cacheWriteTokens: column.count(tokens.cacheWrite),
    cacheWrite1hTokens: column.count(tokens.cacheWrite1h),
    cost: column.usd(known.cost),
    linesAdded: column.count(known.linesAdded),
    linesRemoved: column.count(known.linesRemoved),
    createdAt: column.time(known.createdAt),
    updatedAt: column.time(known.updatedAt),
    endedAt: column.time(known.endedAt),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
}
