import {
  column,
  completeSession,
  type SessionStatus,
  type SessionUpsert,
  Source,
  TitleKind,
} from "@duolog/contract";
import type { Session } from "@opencode-ai/sdk/v2";
import type { Loose, Reader } from "../read.ts";
import type { Stamp } from "../stamp.ts";

const SOURCE: "opencode" = Source.opencode;

/** Longest title kept, UTF-16 units. */
const MAX_TITLE = 200;

/** OpenCode's `isDefaultTitle`: what a session is called until a title is generated. */
const DEFAULT_TITLE = /^(New|Child) session - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

type Tokens = NonNullable<Session["tokens"]>;

/** What events tell of a session. Times are epoch ms, `cost` USD. */
export interface SessionFacts {
  title: string | null;
  projectPath: string | null;
  projectId: string | null;
  model: string | null;
  provider: string | null;
  agentVersion: string | null;
  parentId: string | null;
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

/** What `info` of an event tells. */
export function readInfo(info: Loose<Session>, reader: Reader): SessionFacts {
  const model = reader.object<NonNullable<Session["model"]>>(info.model, "info.model");
  const tokens = reader.object<Tokens>(info.tokens, "info.tokens");
  const cache = reader.object<Tokens["cache"]>(tokens.cache, "info.tokens.cache");
  const time = reader.object<Session["time"]>(info.time, "info.time");
  return {
    ...NOTHING,
    title: reader.line(info.title, "info.title", MAX_TITLE),
    projectPath: reader.line(info.directory, "info.directory"),
    projectId: reader.line(info.projectID, "info.projectID"),
    model: reader.line(model.id, "info.model.id"),
    provider: reader.line(model.providerID, "info.model.providerID"),
    agentVersion: reader.line(info.version, "info.version"),
    parentId: reader.line(info.parentID, "info.parentID"),
    promptTokens: reader.count(tokens.input, "info.tokens.input"),
    completionTokens: reader.count(tokens.output, "info.tokens.output"),
    reasoningTokens: reader.count(tokens.reasoning, "info.tokens.reasoning"),
    cacheReadTokens: reader.count(cache.read, "info.tokens.cache.read"),
    cacheWriteTokens: reader.count(cache.write, "info.tokens.cache.write"),
    cost: reader.cost(info.cost, "info.cost"),
    createdAt: reader.time(time.created, "info.time.created"),
    updatedAt: reader.time(time.updated, "info.time.updated"),
  };
}

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
    forkedFromId: column.text(null),
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
