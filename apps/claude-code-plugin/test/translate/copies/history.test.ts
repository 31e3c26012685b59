import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { read } from "../lines.ts";
import { history } from "./anyHistory.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 120);

describe("whatever is written again, of whomever, the rows are the same", () => {
  test("wherever reading was stopped and continued", { timeout: 120_000 }, () => {
    const stops = fc.array(fc.nat({ max: 50 }), { maxLength: 6 });
    fc.assert(
      fc.property(history, stops, (lines, stops) => {
        const whole = read(lines).rows.all();
        expect(read(lines, (i) => stops.includes(i)).rows.all()).toEqual(whole);
      }),
      { numRuns: RUNS },
    );
  });

  test("after each single line", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(history, (lines) => {
        expect(read(lines, () => true).rows.all()).toEqual(read(lines).rows.all());
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});
