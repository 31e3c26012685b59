import type { UsageAnswer, UsageQuery } from "@duolog/contract";
import { readThroughDaemon } from "../daemon/read.ts";
import { type Output, show } from "../output/output.ts";
import type { Place } from "../place.ts";
import { csvOf } from "../query/format.ts";
import { catchUp } from "./catchUp.ts";
import { ccusageJson, iso } from "./ccusage.ts";
import type { Report } from "./reports.ts";
import { usageTable } from "./table.ts";

/** What is asked for, and how it is told. */
export interface UsageOptions {
  report: Report;
  query: Omit<UsageQuery, "by" | "instances" | "limit">;
  order: "asc" | "desc" | null;
  breakdown: boolean;
  csv: boolean;
  /** For a person who waits; null where nobody does. */
  progress: ((text: string) => void) | null;
}

/** Tells what was used, and what it cost. Throws Failure. */
export async function usage(
  place: Place,
  env: NodeJS.ProcessEnv,
  options: UsageOptions,
  output: Output,
): Promise<void> {
  const { report, query, order, breakdown, csv, progress } = options;
  const answer = await readThroughDaemon(place, env, async (reader) => {
    await catchUp(reader, progress);
    return reader.usage.report({ ...query, by: report.by, instances: report.instances });
  });
  const told = { ...answer, rows: ordered(answer.rows, order) };
  if (csv) return output.write(csvOf(csvRows(report, told)));
  if (output.json) return show(output, ccusageJson(report, told), String);
  output.write(usageTable(report, told, breakdown));
}

/** As they come: days in order of time, else the dearest first. */
function ordered<T>(rows: T[], order: "asc" | "desc" | null): T[] {
  return order === "desc" ? rows.toReversed() : rows;
}

const SUMS = [
  "inputTokens",
  "outputTokens",
  "cacheCreationTokens",
  "cacheReadTokens",
  "totalTokens",
  "totalCost",
  "reportedCost",
  "computedCost",
  "unpricedTokens",
  "messages",
] as const;

function csvRows({ key }: Report, { rows }: UsageAnswer): (string | number | null)[][] {
  const head = [key, "project", "models", ...SUMS, "firstActivity", "lastActivity"];
  const lines = rows.map((row) => [
    row.period,
    row.project,
    row.models.map(({ model }) => model ?? "unknown").join(" "),
    ...SUMS.map((sum) => row[sum]),
    iso(row.firstAt),
    iso(row.lastAt),
  ]);
  return [head, ...lines];
}
