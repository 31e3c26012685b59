import { basename } from "node:path";
import type { BlockShare, UsageBlock } from "@duolog/contract";
import { columns, duration, oneLine, when } from "../../output/text.ts";
import { costText, usd } from "../table.ts";
import { burnRateOf, projectionOf } from "./rates.ts";

const HEADINGS = ["WINDOW", "", "MODELS", "TOKENS", "COST"];

/** Windows for a person, and more of the one that goes on. `now` is epoch ms. */
export function blocksText(blocks: readonly UsageBlock[], now: number): string {
  const rows = blocks.map((block) => rowOf(block, now));
  const active = blocks.find(({ isActive }) => isActive);
  return columns([HEADINGS, ...rows]) + (active ? `\n${activeText(active, now)}` : "");
}

function rowOf(block: UsageBlock, now: number): string[] {
  const { start, end, isGap, isActive, models, totalTokens } = block;
  if (isGap) return [`${when(start)} – ${when(end)}`, "nothing", "", "", ""];
  const state = isActive ? `${duration(end - now)} left` : "";
  const used = models.map(({ model }) => model ?? "unknown").join(", ");
  const tokens = totalTokens.toLocaleString("en-US");
  return [when(start), state, oneLine(used, 50), tokens, costText(block)];
}

function activeText(block: UsageBlock, now: number): string {
  const rate = burnRateOf(block);
  const projection = projectionOf(block, now);
  const lines: string[] = [];
  if (rate) {
    const tokens = Math.round(rate.tokensPerMinute).toLocaleString("en-US");
    lines.push(`rate: ${tokens} tokens a minute, ${usd(rate.costPerHour)} an hour`);
  }
  if (projection) {
    const tokens = projection.totalTokens.toLocaleString("en-US");
    lines.push(`at its end: ${tokens} tokens, ${usd(projection.totalCost)}`);
  }
  lines.push(...block.sessions.map((share) => shareText(share, block)));
  return `${lines.join("\n")}\n`;
}

function shareText({ session, project, totalTokens, totalCost }: BlockShare, block: UsageBlock) {
  const share = block.totalTokens === 0 ? 0 : (100 * totalTokens) / block.totalTokens;
  const place = project === null ? "" : ` ${oneLine(basename(project), 40)}`;
  return `${share.toFixed(0).padStart(3)} %${place} ${oneLine(session, 80)} (${usd(totalCost)})`;
}
