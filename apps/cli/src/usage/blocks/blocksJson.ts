import type { UsageBlock } from "@duolog/contract";
import { iso } from "../ccusage.ts";
import { burnRateOf, projectionOf } from "./rates.ts";

/** Windows in the words of ccusage 20.0.24's `blocks --json`; `now` is epoch ms. */
export function blocksJson(blocks: readonly UsageBlock[], now: number): Record<string, unknown> {
  return { blocks: blocks.map((block) => blockJson(block, now)) };
}

function blockJson(block: UsageBlock, now: number): Record<string, unknown> {
  const { start, end, isGap, isActive, lastAt, models, sessions, totalTokens, totalCost } = block;
  return {
    id: `${isGap ? "gap-" : ""}${iso(start)}`,
    startTime: iso(start),
    endTime: iso(end),
    actualEndTime: iso(lastAt),
    isActive,
    isGap,
    entries: block.messages,
    models: models.map(({ model }) => model ?? "unknown"),
    tokenCounts: {
      inputTokens: block.inputTokens,
      outputTokens: block.outputTokens,
      cacheCreationInputTokens: block.cacheCreationTokens,
      cacheReadInputTokens: block.cacheReadTokens,
    },
    totalTokens,
    costUSD: totalCost,
    unpricedTokens: block.unpricedTokens,
    burnRate: isActive ? burnRateOf(block) : null,
    projection: projectionOf(block, now),
    sessions: sessions.map((share) => ({
      sessionId: share.session,
      projectPath: share.project,
      totalTokens: share.totalTokens,
      totalCost: share.totalCost,
      share: totalTokens === 0 ? 0 : share.totalTokens / totalTokens,
    })),
  };
}
