import { expect, test } from "vitest";
import { parseSince, parseUntil } from "../src/times.ts";

/** A Thursday, a quarter past noon in whatever zone this runs. */
const NOW = new Date(2026, 9, 15, 12, 15).getTime();
const HOUR = 3_600_000;

test.each([
  ["2026-10", new Date(2026, 9, 1).getTime()],
  ["2026-10-05", new Date(2026, 9, 5).getTime()],
  ["2026-10-05T12:30", new Date(2026, 9, 5, 12, 30).getTime()],
  ["2026-10-05 12:30:15", new Date(2026, 9, 5, 12, 30, 15).getTime()],
  ["2026-10-05T12:30:15.250Z", Date.UTC(2026, 9, 5, 12, 30, 15, 250)],
  ["2026-10-05T12:30+02:00", Date.UTC(2026, 9, 5, 10, 30)],
  ["12h", NOW - 12 * HOUR],
  ["3d", NOW - 72 * HOUR],
  ["2w", NOW - 336 * HOUR],
  ["today", new Date(2026, 9, 15).getTime()],
  ["yesterday", new Date(2026, 9, 14).getTime()],
])("--since %s", (text, time) => {
  expect(parseSince(text, NOW)).toBe(time);
});

test.each([
  "",
  "soon",
  "3",
  "3m",
  "-3d",
  "2026",
  "2026-13",
  "2026-00",
  "2026-02-30",
  "2026-10-05T25:00",
  "10/05/2026",
])("%s is no time", (text) => {
  expect(parseSince(text, NOW)).toBeNull();
  expect(parseUntil(text, NOW)).toBeNull();
});

test.each([
  ["2026-10", new Date(2026, 10, 1).getTime()],
  ["2026-12", new Date(2027, 0, 1).getTime()],
  ["2026-10-05", new Date(2026, 9, 6).getTime()],
  ["2026-10-31", new Date(2026, 10, 1).getTime()],
  ["2026-10-05T12:30", new Date(2026, 9, 5, 12, 30).getTime()],
  ["12h", NOW - 12 * HOUR],
  ["today", new Date(2026, 9, 16).getTime()],
  ["yesterday", new Date(2026, 9, 15).getTime()],
])("--until %s means it to its end", (text, time) => {
  expect(parseUntil(text, NOW)).toBe(time);
});
