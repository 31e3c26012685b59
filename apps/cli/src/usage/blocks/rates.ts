import type { UsageBlock } from "@duolog/contract";

const MINUTE_MS = 60_000;

/** How fast a window is used up. */
export interface BurnRate {
  tokensPerMinute: number;
  /** Without what was read from and written to the cache. */
  tokensPerMinuteForIndicator: number;
  /** USD. */
  costPerHour: number;
}

/** What a window will have taken at its end, at the rate of now. */
export interface Projection {
  totalTokens: number;
  /** USD, to the cent. */
  totalCost: number;
  remainingMinutes: number;
}

/** Between the first answer of a window and the last; null where there is only one moment. */
export function burnRateOf(block: UsageBlock): BurnRate | null {
  const { firstAt, lastAt, totalTokens, inputTokens, outputTokens, totalCost } = block;
  if (firstAt === null || lastAt === null || lastAt <= firstAt) return null;
  const minutes = (lastAt - firstAt) / MINUTE_MS;
  return {
    tokensPerMinute: totalTokens / minutes,
    tokensPerMinuteForIndicator: (inputTokens + outputTokens) / minutes,
    costPerHour: (totalCost / minutes) * 60,
  };
}

/** Of a window that goes on. `now` is epoch ms. */
export function projectionOf(block: UsageBlock, now: number): Projection | null {
  const rate = burnRateOf(block);
  if (!block.isActive || rate === null) return null;
  const left = Math.max(0, (block.end - now) / MINUTE_MS);
  const cost = block.totalCost + (rate.costPerHour / 60) * left;
  return {
    totalTokens: Math.round(block.totalTokens + rate.tokensPerMinute * left),
    totalCost: Math.round(cost * 100) / 100,
    remainingMinutes: Math.round(left),
  };
}
