import { expect, test } from "vitest";
import { columns, when } from "../../src/commands/text.ts";

test("a time is told to the minute", () => {
  expect(when(1_769_760_000_000)).toMatch(/^2026-01-(29|30|31) \d\d:\d\d$/);
});

test.each([null, 2 ** 63, -(2 ** 63), 8.64e15])("%s is no time to be told", (ms) => {
  expect(when(ms)).toBe("-");
});

test("columns of very many rows", () => {
  const rows = Array.from({ length: 200_000 }, () => ["a", "bb"]);
  expect(columns(rows)).toBe("a  bb\n".repeat(200_000));
});
