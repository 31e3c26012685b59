import {
  column,
  completeSession,
  SessionStatus,
  type SessionUpsert,
  Source,
  TitleKind,
} from "@duolog/contract";
import type { Session } from "@opencode-ai/sdk/v2";
import { errorText } from "./error.ts";
import type { Loose, Reader } from "./read.ts";
import type { Stamp } from "./stamp.ts";
import { type State, withMark } from "./state.ts";
import { type Handler, recorded, refused, type Step } from "./step.ts";

const SOURCE: "opencode" = Source.opencode;

/** Longest title kept, UTF-16 units. */
const MAX_TITLE = 200;

/** OpenCode's `isDefaultTitle`: what a session is called until a title is generated. */
const DEFAULT_TITLE = /^(New|Child) session - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

type Tokens = NonNullable<Session["tokens"]>;

/** session.created, session.updated: all that OpenCode knows of the session but what it is doing. */
export const sessionInfo: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<Session>(properties.info, "info");
  const id = reader.id(info.id ?? properties.sessionID, "info.id");
  if (id === null) return refused(state, event);
  const archived = reader.object<Session["time"]>(info.time, "info.time").archived;
  const isArchived = reader.time(archived, "info.time.archived") !== null;
  const mark = state.marks.get(id) ?? null;
  const status = isArchived
    ? SessionStatus.archived
    : mark === "archived"
      ? SessionStatus.idle
      : null;
  if (mark === "deleted") return recorded(state, event, infoRecord(id, info, reader, stamp, null));
  const next = withMark(state, id, isArchived ? "archived" : null);
  return recorded(next, event, infoRecord(id, info, reader, stamp, status));
};

/** session.deleted: the row stays, and what OpenCode still tells of the session is no longer of note. */
export const sessionDeleted: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<Session>(properties.info, "info");
  const id = reader.id(info.id ?? properties.sessionID, "info.id");
  if (id === null) return refused(state, event);
  const record = infoRecord(id, info, reader, stamp, SessionStatus.deleted);
  return recorded(withMark(state, id, "deleted"), event, record);
};

/** session.status: busy, retry or idle. */
export const sessionStatus: Handler = (state, event) => {
  const { reader, properties } = event;
  const type = reader.object<{ type: unknown }>(properties.status, "status").type;
  const known = type === "busy" || type === "retry" || type === "idle";
  if (!known) reader.problems.push("status.type");
  const active = type === "idle" ? SessionStatus.idle : SessionStatus.active;
  return doing(state, event, known ? active : null, null);
};

/** session.idle: what older versions tell in place of session.status. */
export const sessionIdle: Handler = (state, event) => doing(state, event, SessionStatus.idle, null);

/** session.compacted: the session was at work; its messages tell the rest. */
export const sessionCompacted: Handler = (state, event) => doing(state, event, null, null);

/** session.error; one that belongs to no session is not for the record. */
export const sessionError: Handler = (state, event) => {
  const { reader, properties } = event;
  if (properties.sessionID === undefined) return [state, []];
  const error = errorText(properties.error, "error", reader);
  return doing(state, event, SessionStatus.error, error);
};

/**
 * What a session is doing, told without the rest: the title or model that this process heard of
 * last may be older than another process's, so repeating them here would claim an observation
 * that was not made (M4).
 */
function doing(
  state: State,
  event: Parameters<Handler>[1],
  status: SessionStatus | null,
  error: string | null,
): Step {
  const id = event.reader.id(event.properties.sessionID, "sessionID");
  if (id === null) return refused(state, event);
  const told = state.marks.get(id) === "deleted" ? null : status;
  const facts: SessionFacts = { ...NOTHING, status: told, error, updatedAt: event.stamp.at };
  return recorded(state, event, { kind: "session", data: sessionUpsert(id, facts, event.stamp) });
}

function infoRecord(
  id: string,
  info: Loose<Session>,
  reader: Reader,
  stamp: Stamp,
  status: SessionStatus | null,
) {
  const isDeleted = status === SessionStatus.deleted;
  const facts = readInfo(info, reader);
  const data = sessionUpsert(
    id,
    {
      ...facts,
      status,
      updatedAt: isDeleted ? stamp.at : facts.updatedAt,
      endedAt: isDeleted ? stamp.at : null,
    },
    stamp,
  );
  return { kind: "session" as const, data };
}

/** What events tell of a session. Times are epoch ms, `cost` USD. */
interface SessionFacts {
  title: string | null;
  projectPath: string | null;
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

const NOTHING: SessionFacts = {
  title: null,
  projectPath: null,
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

function readInfo(info: Loose<Session>, reader: Reader): SessionFacts {
  const model = reader.object<NonNullable<Session["model"]>>(info.model, "info.model");
  const tokens = reader.object<Tokens>(info.tokens, "info.tokens");
  const cache = reader.object<Tokens["cache"]>(tokens.cache, "info.tokens.cache");
  const time = reader.object<Session["time"]>(info.time, "info.time");
  return {
    ...NOTHING,
    title: reader.line(info.title, "info.title", MAX_TITLE),
    projectPath: reader.line(info.directory, "info.directory"),
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

function sessionUpsert(id: string, facts: SessionFacts, stamp: Stamp): Required<SessionUpsert> {
  return completeSession({
    id: column.id(id),
    source: column.source(SOURCE),
    title: column.text(facts.title),
    titleKind: column.titleKind(facts.title ? titleKindOf(facts.title) : null),
    projectPath: column.text(facts.projectPath),
    projectName: column.text(facts.projectPath ? baseName(facts.projectPath) : null),
    gitBranch: column.text(null),
    model: column.text(facts.model),
    provider: column.text(facts.provider),
    agentVersion: column.text(facts.agentVersion),
    parentId: column.text(facts.parentId),
    status: column.status(facts.status),
    error: column.text(facts.error),
    promptTokens: column.count(facts.promptTokens),
    completionTokens: column.count(facts.completionTokens),
    reasoningTokens: column.count(facts.reasoningTokens),
    cacheReadTokens: column.count(facts.cacheReadTokens),
    cacheWriteTokens: column.count(facts.cacheWriteTokens),
    cost: column.usd(facts.cost),
    createdAt: column.time(facts.createdAt),
    updatedAt: column.time(facts.updatedAt),
    endedAt: column.time(facts.endedAt),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
}

/** No event says who gave a title, so a user's counts as generated: the one told later wins (M4). */
function titleKindOf(title: string): TitleKind {
  return DEFAULT_TITLE.test(title) ? TitleKind.placeholder : TitleKind.generated;
}

function baseName(path: string): string | null {
  return path.split(/[\\/]/).findLast((name) => name !== "") ?? null;
}
