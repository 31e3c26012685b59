import type { UsageAnswer, UsageBlock, UsageModel, UsageRow, UsageSums } from "@duolog/contract";

const NONE: UsageSums = {
  messages: 0,
  inputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cacheCreationTokens: 0,
  cacheReadTokens: 0,
  totalTokens: 0,
  totalCost: 0,
  reportedCost: 0,
  unreportedMessages: 0,
  computedCost: 0,
  unpricedTokens: 0,
};

export function model(name: string | null, fields: Partial<UsageSums> = {}): UsageModel {
  return { ...NONE, ...fields, model: name, provider: null };
}

export function row(period: string, fields: Partial<UsageRow> = {}): UsageRow {
  const rest = { project: null, sources: [], models: [], firstAt: 0, lastAt: 0, own: null };
  return { ...NONE, ...rest, ...fields, period };
}

export function answer(rows: UsageRow[], fields: Partial<UsageAnswer> = {}): UsageAnswer {
  return { rows, totals: NONE, unpriced: [], prices: "a list", more: 0, ...fields };
}

export function block(fields: Partial<UsageBlock>): UsageBlock {
  const rest = { start: 0, end: 0, isGap: false, isActive: false, firstAt: null, lastAt: null };
  return { ...NONE, ...rest, models: [], sessions: [], ...fields };
}
