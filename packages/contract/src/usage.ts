import type { Source } from "./generated/model.ts";

/** What rows of totals are of. Weeks begin on Mondays. */
export const USAGE_BY = [
  "day",
  "week",
  "month",
  "session",
  "project",
  "branch",
  "model",
  "agent",
] as const;
export type UsageBy = (typeof USAGE_BY)[number];

/**
 * Whose cost `totalCost` is: the agent's of each answer, else ours (`auto`, as ccusage's), always ours
 * (`calculate`), or the agent's alone (`display`).
 */
export const COST_MODES = ["auto", "calculate", "display"] as const;
export type CostMode = (typeof COST_MODES)[number];

/** Which answers are added up, by what. */
export interface UsageQuery {
  source?: Source | undefined;
  /** A project's name, or an absolute path: that directory and all below it. */
  project?: string | undefined;
  /** A model's name or the beginning of one, whatever its case. */
  model?: string | undefined;
  /** One session's id, its sub-agents included. */
  session?: string | undefined;
  by: UsageBy;
  /** The zone (IANA) whose days are meant. */
  timezone: string;
  mode: CostMode;
  /** From this time on, and before that one, epoch ms, to a quarter of an hour. */
  since?: number | undefined;
  until?: number | undefined;
  /** The first local day and the last (`2026-10-05`), in place of times. */
  fromDay?: string | undefined;
  toDay?: string | undefined;
  /** Project paths (as stored, exact) that are left out. */
  withoutProjects?: string[] | undefined;
  /** Each project apart. */
  instances: boolean;
  /** Of sessions, how many: the dearest. */
  limit: number;
}

/** Sums over answers: tokens, of which no kind is counted in another but in `totalTokens`; costs in USD. */
export interface UsageSums {
  messages: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the output, where the agent tells. */
  reasoningTokens: number;
  cacheCreationTokens: number;
  cacheReadTokens: number;
  /** Input, output, cache written and read. */
  totalTokens: number;
  /** By the mode. */
  totalCost: number;
  /** What the agent told, and of how many answers it told nothing. */
  reportedCost: number;
  unreportedMessages: number;
  /** By the list of prices; without the tokens that it has no price for. */
  computedCost: number;
  unpricedTokens: number;
}

/** The share of one model in a row. */
export interface UsageModel extends UsageSums {
  model: string | null;
  provider: string | null;
}

/** One period, session, project, …. */
export interface UsageRow extends UsageSums {
  /** A day (`2026-10-05`), the Monday of a week, a month (`2026-10`), or what else the rows are of. */
  period: string;
  /** With `instances`, and of a session: the project's directory. */
  project: string | null;
  sources: Source[];
  /** The dearest first. */
  models: UsageModel[];
  /** Of the first answer and of the last, epoch ms. */
  firstAt: number;
  lastAt: number;
  /** Of a session: what is not its sub-agents'. */
  own: UsageSums | null;
}

/** Totals by a list of prices. */
export interface UsageAnswer {
  rows: UsageRow[];
  totals: UsageSums;
  /** Models that the list has no price for, the most used first. */
  unpriced: { model: string | null; provider: string | null; tokens: number }[];
  /** Which list, of what day. */
  prices: string;
  /** Sessions that are in the totals and no rows. */
  more: number;
}

/** Which windows of Claude's plans: those that end behind `since` (epoch ms), of all where it is absent. */
export interface BlocksQuery {
  mode: CostMode;
  since?: number | undefined;
}

/** What a session took in a window. */
export interface BlockShare {
  session: string;
  project: string | null;
  totalTokens: number;
  totalCost: number;
}

/** A window of five hours, or the time between two. Times epoch ms. */
export interface UsageBlock extends UsageSums {
  start: number;
  end: number;
  isGap: boolean;
  isActive: boolean;
  /** Of the first answer and of the last; null in a gap. */
  firstAt: number | null;
  lastAt: number | null;
  models: UsageModel[];
  /** The largest first; of windows of the last two days alone. */
  sessions: BlockShare[];
}

/** What is still to be added up. */
export interface UsageState {
  sessions: number;
  /** False where it is not known yet which changed. */
  isSure: boolean;
  /** Sums that have no cost by the list yet. */
  unpriced: number;
}
