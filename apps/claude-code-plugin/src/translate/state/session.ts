import { MIN_TIME, SessionStatus, TitleKind } from "@duolog/contract";
import { larger } from "../json.ts";
import type { AssistantLine } from "../lines/assistantLine.ts";
import type { Body } from "../lines/body.ts";
import type { CostState } from "../lines/costState.ts";
import type { Head } from "../lines/entry.ts";
import { lastName } from "../paths.ts";
import type { KnownSession } from "../rows/session.ts";
import { titleLine, wireLine, wireText } from "../rows/text.ts";
import { fullest, NO_TOKENS, type Tokens } from "../rows/tokens.ts";

/** Titles, weakest first; of one rank the last wins. */
const RANKS = { none: 0, prompt: 1, summary: 2, ai: 3, custom: 4 } as const;
type Rank = keyof typeof RANKS;

const TITLE_KINDS: Record<Rank, TitleKind | null> = {
  none: null,
  prompt: TitleKind.prompt,
  summary: TitleKind.generated,
  ai: TitleKind.generated,
  custom: TitleKind.user,
};

/**
 * The session as the lines of its own transcript tell it, up to one of them. Plain data. Times are
 * epoch ms, `cost` is USD.
 */
export interface SessionState {
  readonly title: string | null;
  readonly rank: Rank;
  readonly projectPath: string | null;
  readonly gitBranch: string | null;
  readonly agentVersion: string | null;
  readonly model: string | null;
  readonly forkedFromId: string | null;
  readonly status: SessionStatus | null;
  readonly error: string | null;
  readonly cost: number | null;
  readonly tokens: Tokens;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

/** Before the first line. */
export const NEW_SESSION: SessionState = {
  title: null,
  rank: "none",
  projectPath: null,
  gitBranch: null,
  agentVersion: null,
  model: null,
  forkedFromId: null,
  status: null,
  error: null,
  cost: null,
  tokens: NO_TOKENS,
  linesAdded: null,
  linesRemoved: null,
  createdAt: null,
  updatedAt: null,
};

/** The state after a line of the session's own transcript; the same object where nothing changed. */
export function nextSession(state: SessionState, head: Head, body: Body): SessionState {
  const timed = withTime(state, head.at);
  // A sub-agent's line in its parent's transcript, as older versions wrote it.
  const next = head.isSidechain ? timed : withBody(withHead(timed, head), body);
  return isSame(state, next) ? state : next;
}

/** A line of a sub-agent's own transcript only shows that the session goes on. */
export function withTime(state: SessionState, at: number | null): SessionState {
  if (at === null) return state;
  return {
    ...state,
    createdAt: state.createdAt ?? at,
    updatedAt: larger(state.updatedAt, at),
  };
}

function withHead(state: SessionState, head: Head): SessionState {
  return {
    ...state,
    // Where it began: a `cd` in mid-session moves the lines' cwd, not the project.
    projectPath: state.projectPath ?? wireLine(head.cwd),
    gitBranch: wireLine(head.gitBranch) ?? state.gitBranch,
    agentVersion: wireLine(head.version) ?? state.agentVersion,
    // A fork of a fork: the nearest origin's lines come last.
    forkedFromId: head.copiedFrom?.sessionId ?? state.forkedFromId,
  };
}

function withBody(state: SessionState, body: Body): SessionState {
  switch (body.kind) {
    case "prompt":
      return withPrompt(state, body.text);
    case "assistant":
      return withAnswer(state, body.line);
    case "toolResult":
      return { ...state, status: SessionStatus.active };
    case "interrupted":
      return { ...state, status: SessionStatus.idle };
    case "title":
      return withTitle(state, body.rank, body.text);
    case "cost":
      return withCost(state, body.counted);
    default:
      return state;
  }
}

/** Cumulative, also over a session that is resumed. */
function withCost(state: SessionState, counted: CostState): SessionState {
  return {
    ...state,
    cost: larger(state.cost, counted.cost),
    tokens: fullest(state.tokens, counted.tokens),
    linesAdded: larger(state.linesAdded, counted.linesAdded),
    linesRemoved: larger(state.linesRemoved, counted.linesRemoved),
  };
}

/** Only the first prompt is a title. */
function withPrompt(state: SessionState, text: string | null): SessionState {
  const active = { ...state, status: SessionStatus.active };
  return state.rank === "none" ? withTitle(active, "prompt", text) : active;
}

function withTitle(state: SessionState, rank: Rank, text: string | null): SessionState {
  const title = titleLine(text);
  return title && RANKS[rank] >= RANKS[state.rank] ? { ...state, title, rank } : state;
}

function withAnswer(state: SessionState, line: AssistantLine): SessionState {
  const model = wireLine(line.model) ?? state.model;
  if (line.error !== null) {
    return { ...state, model, status: SessionStatus.error, error: wireText(line.error) };
  }
  const goesOn = !line.aborted && (line.stopReason === null || line.stopReason === "tool_use");
  return { ...state, model, status: goesOn ? SessionStatus.active : SessionStatus.idle };
}

function isSame(a: SessionState, b: SessionState): boolean {
  return (Object.keys(a) as (keyof SessionState)[]).every((key) => a[key] === b[key]);
}

/** The session's row as known after the line at byte `offset`. */
export function toKnownSession(id: string, state: SessionState, offset: number): KnownSession {
  return {
    id,
    title: state.title,
    titleKind: TITLE_KINDS[state.rank],
    projectPath: state.projectPath,
    projectName: state.projectPath === null ? null : lastName(state.projectPath),
    gitBranch: state.gitBranch,
    model: state.model,
    agentVersion: state.agentVersion,
    forkedFromId: state.forkedFromId,
    status: state.status,
    error: state.error,
    tokens: state.tokens,
    cost: state.cost,
    linesAdded: state.linesAdded,
    linesRemoved: state.linesRemoved,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    endedAt: null,
    observedAt: state.updatedAt ?? MIN_TIME,
    observedSeq: offset,
  };
}
