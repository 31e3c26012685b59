import type { UsageAnswer, UsageRow, UsageSums } from "@duolog/contract";
import { rightAligned } from "../output/rightAligned.ts";
import { count, oneLine } from "../output/text.ts";
import type { Report } from "./reports.ts";

const HEADINGS = ["INPUT", "OUTPUT", "CACHE WRITE", "CACHE READ", "TOTAL", "COST"];

/** An answer as a table for a person, with what it was reckoned by below. */
export function usageTable(report: Report, answer: UsageAnswer, breakdown: boolean): string {
  if (answer.rows.length === 0) return "nothing used\n";
  const names = [report.key.toUpperCase(), ...(report.instances ? ["PROJECT"] : []), "MODELS"];
  const rows = answer.rows.flatMap((row) => linesOf(report, row, breakdown));
  const blanks = names.slice(1).map(() => "");
  const table = [[...names, ...HEADINGS], ...rows, ["total", ...blanks, ...sums(answer.totals)]];
  return `${rightAligned(table, names.length)}\n${notes(answer)}`;
}

function linesOf({ instances }: Report, row: UsageRow, breakdown: boolean): string[][] {
  const { period, project, models } = row;
  const place = instances ? [oneLine(project, 40) || "-"] : [];
  const used = [...new Set(models.map(({ model }) => model ?? "unknown"))].join(", ");
  const line = [oneLine(period, 60), ...place, oneLine(used, breakdown ? 30 : 50), ...sums(row)];
  if (!breakdown) return [line];
  const blank = ["", ...place.map(() => "")];
  const shares = models.map((model) => {
    return [...blank, `- ${oneLine(model.model ?? "unknown", 48)}`, ...sums(model)];
  });
  return [line, ...shares];
}

function sums(of: UsageSums): string[] {
  const tokens = [
    of.inputTokens,
    of.outputTokens,
    of.cacheCreationTokens,
    of.cacheReadTokens,
    of.totalTokens,
  ];
  return [...tokens.map((n) => n.toLocaleString("en-US")), costText(of)];
}

/** `$1.23`; `$1.23+` where tokens are in it that have no price. */
export function costText({ totalCost, unpricedTokens }: UsageSums): string {
  return `${usd(totalCost)}${unpricedTokens > 0 ? "+" : ""}`;
}

/** To the cent. */
export function usd(cost: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${cost.toLocaleString("en-US", digits)}`;
}

/** By which list it was reckoned, and for what that has no price. */
function notes({ prices, unpriced, totals, more }: UsageAnswer): string {
  const lines = [
    ...(more > 0 ? [`${count(more, "session")} more, which are in the total`] : []),
    `prices: ${prices}; told by the agents: ${usd(totals.reportedCost)}`,
  ];
  if (unpriced.length > 0) {
    const models = unpriced.map(({ model, tokens }) => {
      return `${oneLine(model, 60) || "unknown"} (${count(tokens, "token")})`;
    });
    lines.push(`without a price, and not in the cost: ${models.join(", ")}`);
  }
  return `${lines.join("\n")}\n`;
}
