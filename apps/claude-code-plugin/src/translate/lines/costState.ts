import { MAX_COUNT } from "@duolog/contract";
import { asCost, asCount, isObject, type Json } from "../json.ts";
import type { Tokens } from "../rows/tokens.ts";

/** What Claude Code itself counted, over the whole session so far, its sub-agents and all models. */
export interface CostState {
  /** USD. */
  readonly cost: number | null;
  readonly tokens: Tokens;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
}

/** Reads a line of type `cost-state`; a text where it is broken. */
export function readCostState(line: Json): CostState | string {
  const { modelUsage } = line;
  if (!isObject(modelUsage)) return "cost-state: no modelUsage";
  const models = Object.values(modelUsage).filter(isObject);
  return {
    cost: asCost(line.totalCostUSD),
    linesAdded: asCount(line.totalLinesAdded),
    linesRemoved: asCount(line.totalLinesRemoved),
    tokens: {
      input: sum(models, "inputTokens"),
      output: sum(models, "outputTokens"),
      thinking: sum(models, "thinkingTokens"),
      cacheRead: sum(models, "cacheReadInputTokens"),
      cacheWrite: sum(models, "cacheCreationInputTokens"),
      cacheWrite1h: sumTold(models, "cacheCreationEphemeral1hInputTokens"),
    },
  };
}

function sum(models: readonly Json[], field: string): number {
  return models.reduce(
    (total, model) => Math.min(MAX_COUNT, total + (asCount(model[field]) ?? 0)),
    0,
  );
}

/** Null where no model tells it, as before 2.1.330. */
function sumTold(models: readonly Json[], field: string): number | null {
  return models.some((model) => asCount(model[field]) !== null) ? sum(models, field) : null;
}
