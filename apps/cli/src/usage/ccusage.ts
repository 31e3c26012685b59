import {
  Source,
  type UsageAnswer,
  type UsageModel,
  type UsageRow,
  type UsageSums,
} from "@duolog/contract";
import type { Report } from "./reports.ts";

/** What ccusage calls the agents. */
const AGENTS: Record<Source, string> = {
  [Source.claude_code]: "claude",
  [Source.opencode]: "opencode",
};

/**
 * An answer in the words of ccusage 20.0.24's JSON, so that what reads that reads this: of `daily`,
 * `weekly`, `monthly` and `session`; the others are alike. Times are ISO 8601, costs USD. What ccusage
 * does not have stands beside its words.
 */
export function ccusageJson(report: Report, answer: UsageAnswer): Record<string, unknown> {
  const rows = answer.rows.map((row) => rowJson(report, row));
  const told = {
    totals: {
      ...sumsJson(answer.totals),
      ...(answer.unpriced.length > 0 && { unpricedModels: unpricedNames(answer) }),
    },
    prices: answer.prices,
    unpriced: answer.unpriced,
    ...(answer.more > 0 && { more: answer.more }),
  };
  if (!report.instances) return { [report.name]: rows, ...told };
  const projects: Record<string, unknown[]> = {};
  answer.rows.forEach((row, i) => {
    const project = row.project ?? "unknown";
    projects[project] = [...(projects[project] ?? []), rows[i]];
  });
  return { projects, ...told };
}

function unpricedNames({ unpriced }: UsageAnswer): string[] {
  return [...new Set(unpriced.map(({ model }) => model ?? "unknown"))].toSorted();
}

function rowJson({ key, by }: Report, row: UsageRow): Record<string, unknown> {
  const { period, project, sources, models, own } = row;
  const agents = sources.map((source) => AGENTS[source]);
  const isOfSession = by === "session";
  return {
    agent: isOfSession ? (agents[0] ?? "unknown") : "all",
    period,
    [key]: period,
    ...(project !== null && { [isOfSession ? "projectPath" : "project"]: project }),
    ...sumsJson(row),
    modelsUsed: modelsUsed(models),
    modelBreakdowns: models.map(modelJson),
    metadata: isOfSession
      ? { lastActivity: iso(row.lastAt), firstActivity: iso(row.firstAt) }
      : { agents },
    ...(own !== null && { own: sumsJson(own) }),
  };
}

function modelsUsed(models: readonly UsageModel[]): string[] {
  return [...new Set(models.map(({ model }) => model ?? "unknown"))].toSorted();
}

function modelJson(model: UsageModel): Record<string, unknown> {
  const { totalCost, ...sums } = sumsJson(model);
  return {
    modelName: model.model ?? "unknown",
    provider: model.provider,
    ...sums,
    cost: totalCost,
  };
}

/** The sums, in ccusage's order and words. */
export function sumsJson(sums: UsageSums): Record<string, number> {
  return {
    inputTokens: sums.inputTokens,
    outputTokens: sums.outputTokens,
    cacheCreationTokens: sums.cacheCreationTokens,
    cacheReadTokens: sums.cacheReadTokens,
    totalTokens: sums.totalTokens,
    totalCost: sums.totalCost,
    reportedCost: sums.reportedCost,
    computedCost: sums.computedCost,
    unpricedTokens: sums.unpricedTokens,
    messages: sums.messages,
  };
}

/** A time (epoch ms) in ISO 8601; null where it can't be one. */
export function iso(time: number | null): string | null {
  if (time === null || Math.abs(time) > 8.64e15) return null;
  return new Date(time).toISOString();
}
