import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TestHome } from "../duolog.ts";

/** A list that knows one model, at 3 and 5 USD a million tokens. */
const LIST = [
  {
    id: "maker",
    name: "Maker",
    api_pattern: "https://maker\\.example",
    model_match: { starts_with: "made-up" },
    models: [
      { id: "made-up", match: { equals: "made-up" }, prices: { input_mtok: 3, output_mtok: 5 } },
    ],
  },
];

function listIn(home: TestHome, list: unknown): string {
  const file = join(home.env.HOME as string, "list.json");
  writeFileSync(file, JSON.stringify(list));
  return file;
}

async function recordAnswer(home: TestHome): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client();
  await rpc.upsertMessage({
    id: "m",
    sessionId: "s",
    source: "opencode",
    role: "assistant",
    model: "made-up",
    promptTokens: 1_000_000,
    completionTokens: 1_000_000,
    createdAt: Date.now(),
  });
  await rpc.close();
}

test("a list that was fetched is used from the next question on, and back", async () => {
  await using home = new TestHome();
  await recordAnswer(home);
  const cost = async () => {
    const { totals, prices } = await home.json(["usage", "daily"]);
    return { cost: totals.totalCost, unpriced: totals.unpricedTokens, prices };
  };
  expect(await cost()).toMatchObject({ cost: 0, unpriced: 2_000_000 });

  const from = listIn(home, LIST);
  const told = await home.json(["prices", "--update", "--from", from]);
  expect(told.fetched).toMatchObject({ from, models: 1 });
  expect(statSync(home.paths.prices).mode & 0o777).toBe(0o600);
  expect(await cost()).toMatchObject({
    cost: 8,
    unpriced: 0,
    prices: expect.stringContaining(`fetched on ${new Date().toISOString().slice(0, 10)}`),
  });

  const dearer = structuredClone(LIST);
  dearer[0]!.models[0]!.prices.output_mtok = 7;
  await home.json(["prices", "--update", "--from", listIn(home, dearer)]);
  expect(await cost()).toMatchObject({ cost: 10 });

  expect(await home.json(["prices", "--bundled"])).toEqual({ fetched: null });
  expect(existsSync(home.paths.prices)).toBe(false);
  expect(await cost()).toMatchObject({ cost: 0, unpriced: 2_000_000 });
});

test("prices of one's own are used from the next question on", async () => {
  await using home = new TestHome();
  await recordAnswer(home);
  await home.json(["usage", "daily"]);
  writeFileSync(home.paths.config, '{"prices": {"made-up": {"input": 1, "output": 2}}}', {
    mode: 0o600,
  });
  const { totals, prices } = await home.json(["usage", "daily"]);
  expect(totals).toMatchObject({ totalCost: 3, unpricedTokens: 0 });
  expect(prices).toContain("own prices of 1");
});

test.each([
  ["a text", "no list of prices"],
  [[], "no list of prices"],
  [[{ ...LIST[0], models: [{ id: "x" }] }], "no list of prices"],
])("what is no list is refused, and the one before stays: %j", async (list, told) => {
  await using home = new TestHome();
  await home.json(["prices", "--update", "--from", listIn(home, LIST)]);
  const before = readFileSync(home.paths.prices, "utf8");
  const { code, stderr } = await home.run(["prices", "--update", "--from", listIn(home, list)]);
  expect(stderr).toContain(told);
  expect(code).toBe(1);
  expect(readFileSync(home.paths.prices, "utf8")).toBe(before);
});

test("prices are taken over https alone, and a place that does not answer is told", async () => {
  await using home = new TestHome();
  const plain = await home.run(["prices", "--update", "--from", "http://127.0.0.1:1/list.json"]);
  expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining("https alone") });
  const port = await closedPort();
  const gone = await home.run(["prices", "--update", "--from", `https://127.0.0.1:${port}/l.json`]);
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("can't get prices from") });
  expect(existsSync(home.paths.prices)).toBe(false);
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
