import { Source } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { burnRateOf, projectionOf } from "../../src/usage/blocks/rates.ts";
import { ccusageJson } from "../../src/usage/ccusage.ts";
import { reportOf } from "../../src/usage/reports.ts";
import { usageTable } from "../../src/usage/table.ts";
import { answer, block, model, row } from "./sums.ts";

const T = Date.UTC(2026, 9, 5, 10);
const MINUTE = 60_000;

describe("JSON in the words of ccusage", () => {
  test("has a row's period under two names, its agents and models", () => {
    const day = row("2026-10-05", {
      inputTokens: 1,
      totalCost: 2,
      sources: [Source.claude_code, Source.opencode],
      models: [model("m", { totalCost: 2 }), model(null)],
    });
    const told = ccusageJson(reportOf("daily", false), answer([day]));
    expect(told.daily).toEqual([
      expect.objectContaining({
        agent: "all",
        period: "2026-10-05",
        date: "2026-10-05",
        inputTokens: 1,
        totalCost: 2,
        modelsUsed: ["m", "unknown"],
        modelBreakdowns: [
          expect.objectContaining({ modelName: "m", cost: 2 }),
          expect.objectContaining({ modelName: "unknown", cost: 0 }),
        ],
        metadata: { agents: ["claude", "opencode"] },
      }),
    ]);
  });

  test("tells of a session its agent, directory, times and what is its own", () => {
    const session = row("ses_1", {
      project: "/w/app",
      sources: [Source.opencode],
      firstAt: T,
      lastAt: T + MINUTE,
      own: { ...row("", { inputTokens: 5 }) },
    });
    const { session: rows } = ccusageJson(reportOf("session", false), answer([session]));
    expect(rows).toEqual([
      expect.objectContaining({
        agent: "opencode",
        sessionId: "ses_1",
        projectPath: "/w/app",
        metadata: {
          lastActivity: "2026-10-05T10:01:00.000Z",
          firstActivity: "2026-10-05T10:00:00.000Z",
        },
        own: expect.objectContaining({ inputTokens: 5 }),
      }),
    ]);
  });

  test("puts rows below their projects where those are wanted apart", () => {
    const rows = [row("2026-10-05", { project: "/w/a" }), row("2026-10-05", { project: "/w/b" })];
    const { projects, daily } = ccusageJson(reportOf("daily", true), answer(rows));
    expect(daily).toBeUndefined();
    expect(Object.keys(projects as object)).toEqual(["/w/a", "/w/b"]);
  });

  test("names the models that have no price", () => {
    const unpriced = [{ model: "big-pickle", provider: "opencode", tokens: 7 }];
    const told = ccusageJson(reportOf("daily", false), answer([], { unpriced }));
    expect(told.totals).toMatchObject({ unpricedModels: ["big-pickle"] });
    expect(told.unpriced).toEqual(unpriced);
  });
});

describe("a table", () => {
  const report = reportOf("daily", false);

  test("says where a cost is only a part", () => {
    const day = row("2026-10-05", { totalCost: 1.234, unpricedTokens: 7, models: [model("m")] });
    const unpriced = [{ model: "m", provider: null, tokens: 7 }];
    const table = usageTable(report, answer([day], { unpriced }), false);
    expect(table).toContain("$1.23+");
    expect(table).toContain("without a price, and not in the cost: m (7 tokens)");
    expect(table).toContain("prices: a list");
  });

  test("steers no terminal", () => {
    const table = usageTable(
      report,
      answer([row("\u001b[31mred", { models: [model("a\nb")] })]),
      true,
    );
    expect(table).not.toContain("\u001b");
    expect(table).toContain("a b");
  });

  test("of nothing says so", () => {
    expect(usageTable(report, answer([]), false)).toBe("nothing used\n");
  });
});

describe("a window's rate", () => {
  // Ten minutes between the first answer and the last: 1,000 tokens, of which 200 are not the cache's, and 3 USD.
  const used = block({
    start: T,
    end: T + 300 * MINUTE,
    isActive: true,
    firstAt: T,
    lastAt: T + 10 * MINUTE,
    totalTokens: 1_000,
    inputTokens: 150,
    outputTokens: 50,
    totalCost: 3,
  });

  test("is by the time between its first answer and its last", () => {
    expect(burnRateOf(used)).toEqual({
      tokensPerMinute: 100,
      tokensPerMinuteForIndicator: 20,
      costPerHour: 18,
    });
    expect(burnRateOf({ ...used, lastAt: T })).toBeNull();
  });

  test("goes on to its end", () => {
    // An hour after its beginning four are left: 240 × 100 tokens and 4 × 18 USD more.
    expect(projectionOf(used, T + 60 * MINUTE)).toEqual({
      totalTokens: 25_000,
      totalCost: 75,
      remainingMinutes: 240,
    });
    expect(projectionOf({ ...used, isActive: false }, T)).toBeNull();
  });
});
