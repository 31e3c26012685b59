import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costOf } from "../../../src/core/usage/rates.ts";
import { BUNDLED, openPriceList } from "../../../src/services/usage/priceList.ts";

const AT = Date.UTC(2026, 9, 5, 12);
const MILLION = 1_000_000;
const NONE = { requests: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };

/** USD a million tokens: input, output, cache write of 5 minutes and of an hour, cache read. Source: Anthropic's and OpenAI's price pages. */
const KNOWN: [string, string | null, number, number, number, number, number][] = [
  ["claude-sonnet-4-5-20250929", "anthropic", 3, 15, 3.75, 6, 0.3],
  ["claude-sonnet-4-5", null, 3, 15, 3.75, 6, 0.3],
  ["claude-opus-4-5-20251101", "anthropic", 5, 25, 6.25, 10, 0.5],
  ["claude-haiku-4-5-20251001", "anthropic", 1, 5, 1.25, 2, 0.1],
  ["claude-haiku-4-5", "opencode", 1, 5, 1.25, 2, 0.1],
  ["gpt-5", "openai", 1.25, 10, 1.25, 1.25, 0.125],
  ["gpt-5.1", "openai", 1.25, 10, 1.25, 1.25, 0.125],
];

describe("prices of a request below all tiers", () => {
  test.each(KNOWN)("%s of %s", async (model, provider, input, output, write, write1h, read) => {
    const list = await openPriceList({});
    const rates = list.ratesOf({ model, provider, inputTokens: 1_000, at: AT });
    const perMillion = Object.fromEntries(
      Object.entries(rates ?? {}).map(([kind, usd]) => [kind, Number((usd * MILLION).toFixed(6))]),
    );
    expect(perMillion).toEqual({
      requests: 0,
      input,
      output,
      cacheRead: read,
      cacheWrite: write,
      cacheWrite1h: write1h,
    });
  });
});

test.each([
  ["big-pickle", "opencode"],
  ["<synthetic>", null],
  ["", null],
  ["llama3", "ollama"],
])("%s of %s has no price, which is not 0", async (model, provider) => {
  const list = await openPriceList({});
  expect(list.ratesOf({ model, provider, inputTokens: 1_000, at: AT })).toBeNull();
});

test.each([
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon-bedrock"],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", null],
  ["anthropic/claude-sonnet-4.5", null],
  ["anthropic/claude-sonnet-4.5:thinking", "openrouter"],
  ["claude-sonnet-4-5@20250929", "google-vertex-anthropic"],
  ["claude-sonnet-4-5[1m]", "anthropic"],
])("%s of %s is found", async (model, provider) => {
  const list = await openPriceList({});
  const rates = list.ratesOf({ model, provider, inputTokens: 1_000, at: AT });
  expect((rates?.output ?? 0) * MILLION).toBeGreaterThanOrEqual(15);
});

test("a request of more than 200,000 tokens of input has the higher price", async () => {
  const list = await openPriceList({});
  const sonnet = { model: "claude-sonnet-4-5", provider: "anthropic", at: AT };
  const output = (inputTokens: number) =>
    (list.ratesOf({ ...sonnet, inputTokens })?.output ?? 0) * MILLION;
  expect([output(200_000), output(200_001)]).toEqual([15, 22.5]);
});

test("a price is the one of its day", async () => {
  const list = await openPriceList({});
  const o3 = { model: "o3", provider: "openai", inputTokens: 1 };
  const input = (at: number) => (list.ratesOf({ ...o3, at })?.input ?? 0) * MILLION;
  expect([input(Date.UTC(2025, 4, 1)), input(Date.UTC(2025, 7, 1))]).toEqual([10, 2]);
});

test("a user's own price goes before the list's", async () => {
  const list = await openPriceList({ "big-pickle": { input: 2, output: 4, cacheRead: 1 } });
  const rates = list.ratesOf({ model: "big-pickle", provider: "opencode", inputTokens: 1, at: AT });
  const tokens = { ...NONE, input: MILLION, output: MILLION, cacheRead: MILLION, cacheWrite: 1 };
  expect(rates && costOf({ ...tokens, cacheWrite: MILLION }, rates)).toBeCloseTo(2 + 4 + 1 + 2, 9);
});

test("an hour's writes have their own price", async () => {
  const list = await openPriceList({});
  const rates = list.ratesOf({
    model: "claude-sonnet-4-5",
    provider: null,
    inputTokens: 1,
    at: AT,
  });
  const writes = { ...NONE, cacheWrite: 3 * MILLION, cacheWrite1h: MILLION };
  expect(rates && costOf(writes, rates)).toBeCloseTo(2 * 3.75 + 6, 9);
});

test("for every model of the list the cost is what its library says", async () => {
  const list = await openPriceList({});
  const providers = (await waitForUpdate()) ?? [];
  const models = providers.flatMap(({ id, models }) =>
    models.map((model) => [id, model.id] as const),
  );
  const count = fc.nat(400_000);
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.record({
        input: count,
        output: count,
        cacheRead: count,
        write5m: count,
        cacheWrite1h: count,
      }),
      ([provider, model], { write5m, ...tokens }) => {
        const cacheWrite = write5m + tokens.cacheWrite1h;
        const inputTokens = tokens.input + tokens.cacheRead + cacheWrite;
        const theirs = calcPrice(
          {
            input_tokens: inputTokens,
            output_tokens: tokens.output,
            cache_read_tokens: tokens.cacheRead,
            cache_write_tokens: cacheWrite,
            cache_write_1h_tokens: tokens.cacheWrite1h,
          },
          model,
          { providerId: provider, timestamp: new Date(AT) },
        );
        const ours = list.ratesOf({ model, provider, inputTokens, at: AT });
        if (!theirs || !ours) return;
        expect(costOf({ ...tokens, requests: 1, cacheWrite }, ours)).toBeCloseTo(
          theirs.total_price,
          6,
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

test("the list is the pinned one", () => {
  const entry = createRequire(import.meta.url).resolve("@pydantic/genai-prices");
  const manifest = JSON.parse(readFileSync(new URL("../package.json", `file://${entry}`), "utf8"));
  expect(manifest.version).toBe(BUNDLED.version);
});
