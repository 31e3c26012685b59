import { expect, test } from "vitest";
import { columns, printable, when } from "../src/output/text.ts";

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

test("a text of several lines keeps its lines and tabs, and nothing that steers the terminal", () => {
  const steering = "\u001b]0;x\u0007\u0000\b\u007f\u009b31m\u202e\u2066";
  expect(printable(`one\r\n\ttwo\rthree ${steering}é\u{1F600}`)).toBe(
    "one\n\ttwo\nthree ]0;x31mé\u{1F600}",
  );
});
