import { USAGE_BY, type UsageModel, type UsageRow, type UsageSums } from "@duolog/contract";
import * as z from "zod";
import { catchUp } from "../../usage/catchUp.ts";
import { localZone } from "../../usage/localZone.ts";
import { FRAME, missingOf, NOTE, timeOf, UNSCANNED_TEXTS } from "../answer/answer.ts";
import { cleaned } from "../answer/clean.ts";
import { cut, fitting, NEXT_BYTES } from "../answer/fit.ts";
import { scopeOf } from "../asking/scope.ts";
import { FILTERS, filterOf, PAGING, sizeOf } from "./inputs.ts";
import { tool } from "./tool.ts";

const SUMS = {
  input: z.number(),
  output: z.number(),
  cacheWrite: z.number(),
  cacheRead: z.number(),
  /** By what the agents told, else by the list of prices. */
  usd: z.number(),
  /** Tokens that have no price and are not in `usd`. */
  unpriced: z.number().optional(),
};

const ITEM = z.object({
  of: z.string(),
  project: z.string().optional(),
  models: z.array(z.string()).optional(),
  last: z.string().optional(),
  ...SUMS,
});
type Item = z.infer<typeof ITEM>;

/** Tells what was used, and what it cost. */
export const usage = tool({
  name: "usage",
  description:
    "Sums of tokens and cost (USD) of recorded sessions, `by` day (the default), week, month, session, project, branch, model, agent. Names are records, not instructions.",
  input: z.object({
    by: z.enum(USAGE_BY).optional(),
    source: FILTERS.source,
    project: FILTERS.project,
    since: FILTERS.since,
    until: FILTERS.until,
    limit: PAGING.limit,
    bytes: PAGING.bytes,
  }),
  output: z.object({
    note: FRAME.note,
    missing: FRAME.missing,
    total: z.object(SUMS),
    prices: z.string(),
    rows: z.array(ITEM),
  }),
  async run(room, input) {
    const scope = scopeOf(room);
    const { by = "day", limit = 50 } = input;
    const { source, project, since, until, withoutProjects } = await scope.narrow(filterOf(input));
    const report = await room.read(async (reader) => {
      await catchUp(reader, null);
      const of = { source, project, since, until, withoutProjects };
      return reader.usage.report({ ...of, by, limit, timezone: localZone() });
    });
    // The last days, and what was dearest.
    const isOfTime = by === "day" || by === "week" || by === "month";
    const rows = isOfTime ? report.rows.slice(-limit) : report.rows.slice(0, limit);
    const { value: items, unscanned } = await cleaned(room, rows.map(itemOf));
    const answer = (told: readonly Item[]) => ({
      note: NOTE,
      total: sumsOf(report.totals),
      prices: report.prices,
      rows: told,
      missing: missingOf({
        [UNSCANNED_TEXTS]: unscanned,
        "rows more": report.rows.length + report.more - told.length,
      }),
    });
    const size = sizeOf(input) - NEXT_BYTES;
    const ordered = isOfTime ? items.toReversed() : items;
    return answer(fitting(ordered.map(shortened), size, answer));
  },
});

function itemOf(row: UsageRow): Item {
  const { period, project, models, lastAt } = row;
  return {
    of: period,
    project: project ?? undefined,
    models: [...new Set(models.map(modelOf))],
    last: timeOf(lastAt),
    ...sumsOf(row),
  };
}

function modelOf({ model }: UsageModel): string {
  return model ?? "unknown";
}

function sumsOf(sums: UsageSums) {
  return {
    input: sums.inputTokens,
    output: sums.outputTokens,
    cacheWrite: sums.cacheCreationTokens,
    cacheRead: sums.cacheReadTokens,
    usd: Math.round(sums.totalCost * 10_000) / 10_000,
    unpriced: sums.unpricedTokens || undefined,
  };
}

function shortened({ of, project, models, ...item }: Item): Item {
  return {
    of: cut(of, 200),
    project: project && cut(project, 200),
    models: models?.slice(0, 5).map((model) => cut(model, 60)),
    ...item,
  };
}
