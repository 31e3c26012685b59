import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { newDataDir } from "../harness/daemon.ts";
import { configIn, layOutTranscripts } from "../import/transcripts.ts";
import { type Answer, writeHistory } from "./history.ts";

vi.setConfig({ testTimeout: 120_000 });

const CCUSAGE = join(
  dirname(createRequire(import.meta.url).resolve("ccusage/package.json")),
  "src",
  "cli.js",
);

interface Sums {
  inputTokens: number;
  outputTokens: number;
  cacheCreationTokens: number;
  cacheReadTokens: number;
  totalTokens: number;
  totalCost: number;
}

interface Told {
  totals: Sums;
  [report: string]: unknown;
}

/** A home with a history of Claude Code's, in the record and for ccusage. */
class Home implements Disposable {
  readonly root = newDataDir();

  import(): void {
    duologJson(this.root, "import", "--claude-code", configIn(this.root));
  }

  ours(report: string, ...args: string[]): Told {
    return duologJson(this.root, "usage", report, "--timezone", "UTC", ...args) as Told;
  }

  theirs(report: string, ...args: string[]): Told {
    const options = ["--json", "--offline", "--timezone", "UTC", ...args];
    const env = { PATH: process.env.PATH, HOME: this.root, CLAUDE_CONFIG_DIR: configIn(this.root) };
    const told = execFileSync(process.execPath, [CCUSAGE, report, ...options], { env });
    return JSON.parse(told.toString());
  }

  [Symbol.dispose](): void {
    duolog(this.root, "stop");
    rmSync(this.root, { recursive: true, force: true });
  }
}

const TOKENS = [
  "inputTokens",
  "outputTokens",
  "cacheCreationTokens",
  "cacheReadTokens",
  "totalTokens",
] as const;

type Row = Sums & { period: string; modelsUsed: string[] };

/** The rows of a report by their period: tokens, models, and the cost to the cent. */
function rowsOf(told: Told, report: string): unknown {
  const rows = told[report] as Row[];
  return rows
    .map((row) => [row.period, tokensOf(row), row.modelsUsed.toSorted(), cents(row.totalCost)])
    .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

function tokensOf(sums: Sums): number[] {
  return TOKENS.map((name) => sums[name]);
}

function cents(usd: number): number {
  return Math.round(usd * 100);
}

const REPORTS = ["daily", "weekly", "monthly", "session"];

test("of the recorded transcripts ccusage counts the same tokens", () => {
  using home = new Home();
  layOutTranscripts(configIn(home.root));
  home.import();
  for (const report of REPORTS) {
    const [ours, theirs] = [home.ours(report), home.theirs(report)];
    expect(tokensOf(ours.totals)).toEqual(tokensOf(theirs.totals));
    expect((ours[report] as Row[]).length).toBe((theirs[report] as Row[]).length);
  }
});

const MODELS = [
  "claude-sonnet-4-5-20250929",
  "claude-opus-4-5-20251101",
  "claude-haiku-4-5-20251001",
];
const SESSIONS = [1, 2, 3].map((n) => `0000000${n}-1111-4111-8111-000000000000`);

/** Of no more than 200,000 tokens of input. */
const answer: fc.Arbitrary<Answer> = fc.record({
  session: fc.constantFrom(...SESSIONS),
  id: fc.integer({ min: 1, max: 40 }).map((n) => `msg_${n}`),
  at: fc
    .date({
      min: new Date("2026-09-01T00:00:00Z"),
      max: new Date("2026-11-20T00:00:00Z"),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  model: fc.constantFrom(...MODELS),
  input: fc.nat(50_000),
  output: fc.nat(10_000),
  write5m: fc.nat(50_000),
  write1h: fc.nat(50_000),
  read: fc.nat(50_000),
  lines: fc.integer({ min: 1, max: 3 }),
});

/** An id is one answer, whichever session it is in: a resumed session's copy is the same. */
function copied(answers: Answer[]): Answer[] {
  const first = new Map<string, Answer>();
  for (const one of answers) if (!first.has(one.id)) first.set(one.id, one);
  return answers.map((one) => ({ ...(first.get(one.id) as Answer), session: one.session }));
}

test("of any history ccusage counts the same tokens, and the same cost to the cent", () => {
  const histories = fc.sample(fc.array(answer, { minLength: 20, maxLength: 60 }), {
    numRuns: 4,
    seed: 20_261_005,
  });
  for (const history of histories) {
    using home = new Home();
    writeHistory(configIn(home.root), copied(history));
    home.import();
    for (const report of ["daily", "weekly", "monthly"]) {
      const [ours, theirs] = [home.ours(report), home.theirs(report)];
      expect(rowsOf(ours, report)).toEqual(rowsOf(theirs, report));
      expect(cents(ours.totals.totalCost)).toBe(cents(theirs.totals.totalCost));
    }
  }
});

const ONE: Answer = {
  session: SESSIONS[0] as string,
  id: "msg_1",
  at: "2026-10-05T10:00:00.000Z",
  model: MODELS[0] as string,
  input: 0,
  output: 0,
  write5m: 0,
  write1h: 0,
  read: 0,
};

test("sub-agents count to their session", () => {
  using home = new Home();
  const main = { ...ONE, input: 100 };
  writeHistory(configIn(home.root), [main, { ...ONE, id: "msg_2", agent: "a1", input: 50 }]);
  home.import();
  const [ours, theirs] = [home.ours("session"), home.theirs("session")];
  expect(ours.totals.inputTokens).toBe(150);
  expect(theirs.totals.inputTokens).toBe(150);
  expect((ours.session as { own: Sums }[]).map(({ own }) => own.inputTokens)).toEqual([100]);
});

test("above 200,000 tokens of input the whole request has the higher price, where ccusage parts it", () => {
  using home = new Home();
  writeHistory(configIn(home.root), [{ ...ONE, input: 300_000, output: 1_000 }]);
  home.import();
  const [ours, theirs] = [home.ours("daily"), home.theirs("daily")];
  expect(tokensOf(ours.totals)).toEqual(tokensOf(theirs.totals));
  // Anthropic's list: 6 and 22.5 USD a million for all of a request of more than 200,000 tokens of input.
  expect(ours.totals.totalCost).toBeCloseTo((300_000 * 6 + 1_000 * 22.5) / 1_000_000, 9);
  // ccusage: 3 for the first 200,000 and 6 for the rest, and 15 for the output.
  expect(theirs.totals.totalCost).toBeCloseTo(
    (200_000 * 3 + 100_000 * 6 + 1_000 * 15) / 1_000_000,
    9,
  );
});

test("blocks are ccusage's", () => {
  using home = new Home();
  const at = (time: string, n: number) => ({
    ...ONE,
    id: `msg_${n}`,
    at: `${time}.000Z`,
    input: n,
  });
  writeHistory(configIn(home.root), [
    at("2026-10-05T10:20:00", 1),
    at("2026-10-05T12:59:59", 2),
    at("2026-10-05T15:10:00", 3),
    at("2026-10-06T01:00:00", 4),
    at("2026-10-06T06:00:01", 5),
  ]);
  home.import();
  const shape = (told: Told) =>
    (told.blocks as Record<string, unknown>[]).map((block) => [
      block.id,
      block.startTime,
      block.endTime,
      block.actualEndTime,
      block.isGap,
      block.entries,
      block.totalTokens,
      block.tokenCounts,
    ]);
  expect(shape(home.ours("blocks"))).toEqual(shape(home.theirs("blocks")));
});
