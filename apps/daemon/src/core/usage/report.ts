import type {
  CostMode,
  Source,
  UsageAnswer,
  UsageBy,
  UsageModel,
  UsageRow,
  UsageSums,
} from "@duolog/contract";
import { dateOf, monthOf, weekOf } from "./localTime.ts";
import type { Used } from "./rates.ts";

/** What was added up in the file, as a question groups it. */
export interface UsagePart extends Omit<Used, "cacheWrite1h"> {
  /** A local day, in days since 1970-01-01; 0 where the question is not of days. */
  day: number;
  /** What else the rows are of: a session, a project, …. */
  name: string | null;
  project: string | null;
  source: Source | null;
  model: string | null;
  provider: string | null;
  /** 1: of a sub-agent. */
  sub: number;
  /** 1: the agent told the cost. */
  told: number;
  reasoning: number;
  /** USD. */
  cost: number;
  computed: number;
  /** Tokens without a price. */
  unpriced: number;
  first: number;
  last: number;
}

const PERIOD: Record<UsageBy, (part: UsagePart) => string> = {
  day: ({ day }) => dateOf(day),
  week: ({ day }) => weekOf(day),
  month: ({ day }) => monthOf(day),
  session: named,
  project: named,
  branch: named,
  model: named,
  agent: named,
};

function named({ name }: UsagePart): string {
  return name ?? "unknown";
}

/** What a report is made by. */
export interface ReportOptions {
  by: UsageBy;
  mode: CostMode;
  instances: boolean;
  prices: string;
}

/** Puts parts together as rows: of days in order of time, else the dearest first. */
export function reportOf(parts: readonly UsagePart[], options: ReportOptions): UsageAnswer {
  const { by, mode, instances, prices } = options;
  const groups = groupBy(parts, (part) => [PERIOD[by](part), instances ? part.project : null]);
  const rows = [...groups].map(([key, group]) => rowOf(JSON.parse(key)[0], group, options));
  return {
    rows: rows.toSorted(isOfTime(by) ? byPeriod : byCost(({ period }) => period)),
    totals: sumsOf(parts, mode),
    unpriced: unpricedOf(parts),
    prices,
    more: 0,
  };
}

function isOfTime(by: UsageBy): boolean {
  return by === "day" || by === "week" || by === "month";
}

function byPeriod(a: UsageRow, b: UsageRow): number {
  if (a.period === b.period) return (a.project ?? "") < (b.project ?? "") ? -1 : 1;
  return a.period < b.period ? -1 : 1;
}

/** The dearest first; of equal ones by name, so that an answer is always the same. */
function byCost<T extends UsageSums>(nameOf: (sums: T) => string): (a: T, b: T) => number {
  return (a, b) =>
    b.totalCost - a.totalCost ||
    b.totalTokens - a.totalTokens ||
    (nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b)));
}

function rowOf(period: string, group: UsagePart[], options: ReportOptions): UsageRow {
  const { by, mode, instances } = options;
  const sources = new Set(group.map(({ source }) => source).filter((source) => source !== null));
  const own = group.filter(({ sub }) => sub === 0);
  return {
    period,
    project: instances || by === "session" ? (group[0]?.project ?? null) : null,
    sources: [...sources].toSorted(),
    models: modelsOf(group, mode),
    ...sumsOf(group, mode),
    firstAt: Math.min(...group.map(({ first }) => first)),
    lastAt: Math.max(...group.map(({ last }) => last)),
    own: by === "session" ? sumsOf(own, mode) : null,
  };
}

/** What each model took, the dearest first. */
export function modelsOf(group: readonly UsagePart[], mode: CostMode): UsageModel[] {
  const models = groupBy(group, ({ model, provider }) => [model, provider]);
  return [...models.values()]
    .map((parts) => ({
      model: parts[0]?.model ?? null,
      provider: parts[0]?.provider ?? null,
      ...sumsOf(parts, mode),
    }))
    .toSorted(byCost(({ model, provider }) => JSON.stringify([model, provider])));
}

/** All parts together. */
export function sumsOf(parts: readonly UsagePart[], mode: CostMode): UsageSums {
  const sum = (of: (part: UsagePart) => number) => parts.reduce((all, part) => all + of(part), 0);
  return {
    messages: sum(({ requests }) => requests),
    inputTokens: sum(({ input }) => input),
    outputTokens: sum(({ output }) => output),
    reasoningTokens: sum(({ reasoning }) => reasoning),
    cacheCreationTokens: sum(({ cacheWrite }) => cacheWrite),
    cacheReadTokens: sum(({ cacheRead }) => cacheRead),
    totalTokens: sum(tokensOf),
    totalCost: sum((part) => costOf(part, mode)),
    reportedCost: sum(({ cost }) => cost),
    unreportedMessages: sum(({ told, requests }) => (told ? 0 : requests)),
    computedCost: sum(({ computed }) => computed),
    unpricedTokens: sum(({ unpriced }) => unpriced),
  };
}

function tokensOf({ input, output, cacheRead, cacheWrite }: UsagePart): number {
  return input + output + cacheRead + cacheWrite;
}

function costOf({ told, cost, computed }: UsagePart, mode: CostMode): number {
  if (mode === "display") return cost;
  return mode === "auto" && told ? cost : computed;
}

function unpricedOf(parts: readonly UsagePart[]): UsageAnswer["unpriced"] {
  const without = parts.filter(({ unpriced }) => unpriced > 0);
  const models = groupBy(without, ({ model, provider }) => [model, provider]);
  return [...models.values()]
    .map((group) => ({
      model: group[0]?.model ?? null,
      provider: group[0]?.provider ?? null,
      tokens: group.reduce((sum, { unpriced }) => sum + unpriced, 0),
    }))
    .toSorted((a, b) => b.tokens - a.tokens);
}

/** By what `keyOf` tells, as JSON. */
export function groupBy<T>(all: readonly T[], keyOf: (one: T) => unknown): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = JSON.stringify(keyOf(one));
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
