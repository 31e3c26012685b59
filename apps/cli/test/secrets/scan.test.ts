import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { masked } from "../../src/secrets/found.ts";
import { createScanner } from "../../src/secrets/scan.ts";
import { CLEAN, SAMPLES } from "./samples.ts";

const scan = createScanner();
const clean = async (text: string) => masked(text, await scan(text));

describe("each kind of secret", () => {
  test.each(SAMPLES)("$kind", async ({ kind, text, secret }) => {
    const found = await scan(text);
    expect(found.map((one) => one.kind)).toEqual([kind]);
    expect(masked(text, found)).toContain(`[redacted:${kind}]`);
    expect(leftOf(secret, masked(text, found))).toEqual([]);
  });
});

test.each(CLEAN)("what holds no secret stays as it is: %s", async (text) => {
  expect(await clean(text)).toBe(text);
});

test("a text can't say that it must not be looked into", async () => {
  for (const { text, secret } of SAMPLES) {
    const told = `/* secretlint-disable */\n${text}\n// secretlint-disable-line`;
    expect(leftOf(secret, await clean(told))).toEqual([]);
  }
});

test("what is masked holds no secret any more, wherever it stood and whatever stood beside it", async () => {
  const sample = fc.constantFrom(...SAMPLES);
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }).map((text) => ({ text, secret: null })),
    sample.map(({ text, secret }) => ({ text: `\n${text}\n`, secret })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const text = pieces.map((one) => one.text).join("");
      const shown = await clean(text);
      for (const { secret } of pieces)
        expect(secret === null ? [] : leftOf(secret, shown)).toEqual([]);
      expect(await clean(shown)).toBe(shown);
    }),
    { numRuns: 300 },
  );
});

test("any text can be scanned, and what is found lies in it, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 2_000 }), async (text) => {
      let at = 0;
      for (const { start, end } of await scan(text)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        at = end;
      }
    }),
  );
});

/** The pieces of eight characters of a secret that a text still holds. */
function leftOf(secret: string, text: string): string[] {
  const pieces = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
  return pieces.filter((piece) => /[A-Za-z0-9]{6}/.test(piece) && text.includes(piece));
}
