import type { BlockShare, CostMode, UsageBlock } from "@duolog/contract";
import { type Block, blocksOf, isActive } from "./blocks.ts";
import { groupBy, modelsOf, sumsOf, type UsagePart } from "./report.ts";

/** What was used in a quarter of an hour. */
interface Quarter {
  first: number;
  last: number;
  parts: UsagePart[];
}

/**
 * The windows of what was used, in order of time. `parts` are by quarters of an hour and models, `shares`
 * by quarters and sessions (`name`); `now` is epoch ms.
 */
export function blockReport(
  parts: readonly UsagePart[],
  shares: readonly UsagePart[],
  mode: CostMode,
  now: number,
): UsageBlock[] {
  const quarters = [...groupBy(parts, ({ day }) => day).values()]
    .map((group) => ({
      first: Math.min(...group.map(({ first }) => first)),
      last: Math.max(...group.map(({ last }) => last)),
      parts: group,
    }))
    .toSorted((a, b) => a.first - b.first);
  const inOrder = shares.toSorted((a, b) => a.first - b.first);
  let next = 0;
  return blocksOf(quarters).map((block) => {
    const begin = next;
    while ((inOrder[next]?.first ?? Number.POSITIVE_INFINITY) < block.end) next++;
    const within = block.isGap ? [] : inOrder.slice(begin, next);
    return { ...reportOfBlock(block, mode, now), sessions: sharesOf(within, mode) };
  });
}

function reportOfBlock(
  block: Block<Quarter>,
  mode: CostMode,
  now: number,
): Omit<UsageBlock, "sessions"> {
  const { start, end, isGap, used } = block;
  const parts = used.flatMap((quarter) => quarter.parts);
  return {
    start,
    end,
    isGap,
    isActive: isActive(block, now),
    firstAt: used[0]?.first ?? null,
    lastAt: used.at(-1)?.last ?? null,
    models: modelsOf(parts, mode),
    ...sumsOf(parts, mode),
  };
}

function sharesOf(within: readonly UsagePart[], mode: CostMode): BlockShare[] {
  return [...groupBy(within, ({ name }) => name).values()]
    .map((group) => {
      const { totalTokens, totalCost } = sumsOf(group, mode);
      const [one] = group;
      return { session: one?.name ?? "", project: one?.project ?? null, totalTokens, totalCost };
    })
    .toSorted((a, b) => b.totalTokens - a.totalTokens);
}
