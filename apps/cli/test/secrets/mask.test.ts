import { expect, test } from "vitest";
import { mask } from "../../src/secrets/mask.ts";
import { Scanner } from "../../src/secrets/Scanner.ts";
import { SAMPLES } from "./samples.ts";

const BUILT = new URL("../../dist/secretsWorker.js", import.meta.url);
const TOKEN = SAMPLES.find(({ kind }) => kind === "github-token")!;

test("a thread of its own masks what leaves, each text by itself", async () => {
  await using scanner = scanning();
  const shown = await mask(scanner, [TOKEN.text, "nothing", TOKEN.text], { deadlineMs: 5_000 });
  expect(shown[0]).toBe("remote: using [redacted:github-token] for push");
  expect(shown).toEqual([shown[0], "nothing", shown[0]]);
});

test("many texts at once are masked each as by itself, in the order given", async () => {
  await using scanner = scanning();
  const texts = Array.from({ length: 2_000 }, (_, n) => {
    const filler = "word ".repeat((n * 37) % 200);
    return n % 7 === 0 ? `${n} ${filler}${TOKEN.text}` : `${n} ${filler}`;
  });
  const shown = await mask(scanner, texts, { deadlineMs: 20_000 });
  const clean = (text: string) => text.replace(TOKEN.secret, "[redacted:github-token]");
  expect(shown).toEqual(texts.map(clean));
});

test("hostile texts of 1 to 10 MB are scanned or left out, within the limit", async () => {
  await using scanner = scanning();
  for (const [unit, size] of HOSTILE) {
    const text = `${unit.repeat(Math.ceil(size / unit.length))}\n${TOKEN.text}`;
    const begun = performance.now();
    const [shown] = await mask(scanner, [text], { deadlineMs: 3_000 });
    expect(performance.now() - begun, unit.slice(0, 30)).toBeLessThan(4_000);
    expect(shown ?? "", unit.slice(0, 30)).not.toContain(TOKEN.secret);
  }
}, 120_000);

test("one that takes too long is left out and told, and takes no other along", async () => {
  await using scanner = new Slow();
  const shown = await mask(scanner, ["slow slow", "one", "two", "slow"], { deadlineMs: 2_500 });
  expect(shown).toEqual([null, "one", "two", null]);
});

test("after the deadline nothing is scanned, and nothing leaves", async () => {
  await using scanner = scanning();
  expect(await mask(scanner, [TOKEN.text], { deadlineMs: 0 })).toEqual([null]);
});

const MB = 1_000_000;
const HOSTILE: [string, number][] = [
  ["a", 10 * MB],
  ["A1", 10 * MB],
  [" ", 10 * MB],
  ["\n", 5 * MB],
  ["\\n", 5 * MB],
  ["https://", MB],
  ["https://a:", 5 * MB],
  ["://a:b", 5 * MB],
  ["xoxb-1-", 5 * MB],
  [`${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}`, 5 * MB],
  [`${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}${"A".repeat(9_000)}`, 5 * MB],
  [`${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}${" ".repeat(9_000)}`, 5 * MB],
  ["SG.a.", 5 * MB],
  ["aws_secret_", 5 * MB],
  ["eyJaaaaaaaa.", 5 * MB],
  ["eyJaaaaaaaa-", 5 * MB],
  ["sk-a-", 5 * MB],
  ["PASSWORD=", 5 * MB],
  ["PASSWORD", 5 * MB],
  ['"password":', 5 * MB],
  ['\\"a\\":\\"', 5 * MB],
  ["authorization: ", 5 * MB],
  ["postgres://a:", 5 * MB],
  ["ops_ey", 5 * MB],
  ["123456789:AA", 5 * MB],
];

function scanning() {
  const scanner = new Scanner(BUILT);
  return Object.assign(scanner, { [Symbol.asyncDispose]: () => scanner.close() });
}

/** A thread that never answers where the text says so. */
class Slow extends Scanner {
  constructor() {
    const code = `import { parentPort } from "node:worker_threads";
      parentPort.on("message", (texts) => {
        while (texts.some((text) => text.startsWith("slow")));
        parentPort.postMessage(texts.map(() => []));
      });`;
    super(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
}
