import {
  column,
  completeSession,
  type SessionStatus,
  type SessionUpsert,
  Source,
  TitleKind,
} from "@duolog/contract";
import type { Stamp } from "../stamp.ts";

const SOURCE: "opencode" = Source.opencode;

/** Longest title kept, UTF-16 units. */
export const MAX_TITLE = 200;

/** OpenCode's `isDefaultTitle`: what a session is called until a title is generated. */
const DEFAULT_TITLE = /^(New|Child) session - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What events tell of a session. Times are epoch ms, `cost` USD. */
export interface SessionFacts {
  title: string | null;
  projectPath: string | null;
  projectId: string | null;
  model: string | null;
  provider: string | null;
  agentVersion: string | null;
  parentId: string | null;
  /** The session that this one is a fork of, where an event tells it. */
  forkedFromId: string | null;
  status: SessionStatus | null;
  error: string | null;
  promptTokens: number | null;
  completionTokens: number | null;
  reasoningTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
  cost: number | null;
  createdAt: number | null;
  updatedAt: number | null;
  endedAt: number | null;
}

/** A session of which nothing is known. */
export const NOTHING: SessionFacts = {
  title: null,
  projectPath: null,
  projectId: null,
  model: null,
  provider: null,
  agentVersion: null,
  parentId: null,
  forkedFromId: null,
  status: null,
  error: null,
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cost: null,
  createdAt: null,
  updatedAt: null,
  endedAt: null,
};

/** The record of what was told of a session, and nothing from memory. */
export function sessionUpsert(
  id: string,
  facts: SessionFacts,
  stamp: Stamp,
): Required<SessionUpsert> {
  return completeSession({
    id: column.id(id),
    source: column.source(SOURCE),
    title: column.text(facts.title),
    titleKind: column.titleKind(facts.title ? titleKindOf(facts.title) : null),
    projectPath: column.text(facts.projectPath),
    projectName: column.text(facts.projectPath ? baseName(facts.projectPath) : null),
    projectId: column.text(facts.projectId),
    gitBranch: column.text(null),
    model: column.text(facts.model),
    provider: column.text(facts.provider),
    agentVersion: column.text(facts.agentVersion),
    parentId: column.text(facts.parentId),
    forkedFromId: column.text(facts.forkedFromId),
    status: column.status(facts.status),
    error: column.text(facts.error),
    promptTokens: column.count(facts.promptTokens),
    completionTokens: column.count(facts.completionTokens),
    reasoningTokens: column.count(facts.reasoningTokens),
    cacheReadTokens: column.count(facts.cacheReadTokens),
    cacheWriteTokens: column.count(facts.cacheWriteTokens),
    cacheWrite1hTokens: column.count(null),
    cost: column.usd(facts.cost),
    linesAdded: column.count(null),
    linesRemoved: column.count(null),
    createdAt: column.time(facts.createdAt),
    updatedAt: column.time(facts.updatedAt),
    endedAt: column.time(facts.endedAt),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
}

/** No event says who gave a title, so a user's counts as generated: the one told later wins (M4). */
export function titleKindOf(title: string): TitleKind {
  return DEFAULT_TITLE.test(title) ? TitleKind.placeholder : TitleKind.generated;
}

function baseName(path: string): string | null {
  return path.split(/[\\/]/).findLast((name) => name !== "") ?? null;
}
