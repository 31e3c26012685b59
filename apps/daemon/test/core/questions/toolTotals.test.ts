import { expect, test } from "vitest";
import { ToolTotals } from "../../../src/core/questions/toolTotals.ts";

test.each<[number[], number | null, number | null]>([
  [[], null, null],
  [[7], 7, 7],
  [[9, 1, 5], 5, 9],
  // Sorted as numbers, not as texts.
  [[100, 9, 20, 1_000], 60, 1_000],
])("of durations %j the median is %j and the longest %j", (durations, medianMs, longestMs) => {
  const totals = new ToolTotals();
  totals.add("bash", "success", null);
  for (const ms of durations) totals.add("bash", "success", ms);
  expect(totals.list()).toMatchObject([{ calls: durations.length + 1, medianMs, longestMs }]);
});

test("failures are told apart, and the most called tool comes first", () => {
  const totals = new ToolTotals();
  for (const status of ["error", "error", "denied", "interrupted", "running", "success", null])
    totals.add("bash", status, 1);
  totals.add(null, "error", null);
  totals.add("Bash", "success", null);
  expect(totals.list().map(({ name, ...counts }) => [name, counts])).toMatchObject([
    ["bash", { calls: 7, errors: 2, denied: 1, interrupted: 1 }],
    [null, { calls: 1, errors: 1, denied: 0, interrupted: 0 }],
    ["Bash", { calls: 1, errors: 0, denied: 0, interrupted: 0 }],
  ]);
});
