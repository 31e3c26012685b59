import fc from "fast-check";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import {
  dateOf,
  localDay,
  localDaySql,
  monthOf,
  offsetsOf,
  startOfDay,
  weekOf,
} from "../../../src/core/usage/localTime.ts";

const YEAR = 365 * 86_400_000;
const from = Date.UTC(2025, 0, 1);
const until = from + 2 * YEAR;
const ZONES = [
  "UTC",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Pacific/Kiritimati",
  "Africa/Casablanca",
];

describe("the offsets of a zone", () => {
  test("are one where clocks are never changed", () => {
    expect(offsetsOf("Asia/Kathmandu", from, until).map(({ minutes }) => minutes)).toEqual([345]);
  });

  test("change where the clocks do", () => {
    // Central European Summer Time began on 2026-03-29 and ends on 2026-10-25, both at 01:00 UTC.
    const changes = offsetsOf("Europe/Berlin", Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1));
    expect(changes.slice(1)).toEqual([
      { from: Date.UTC(2026, 2, 29, 1), minutes: 120 },
      { from: Date.UTC(2026, 9, 25, 1), minutes: 60 },
    ]);
  });

  test("of no zone are refused", () => {
    expect(() => offsetsOf("Moon/Tranquility", from, until)).toThrow(RangeError);
  });
});

test.each(ZONES)("a local day is the calendar's, in %s", (zone) => {
  const offsets = offsetsOf(zone, from, until);
  const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  fc.assert(
    fc.property(fc.integer({ min: from, max: until }), (time) => {
      expect(dateOf(localDay(time, offsets))).toBe(calendar.format(time));
    }),
  );
});

test.each(ZONES)("SQL tells the same day, in %s", (zone) => {
  const offsets = offsetsOf(zone, from, until);
  const db = new Database(":memory:");
  const select = db.prepare(
    `SELECT ${localDaySql("column1", offsets)} AS day FROM (SELECT CAST(? AS INTEGER) AS column1)`,
  );
  fc.assert(
    fc.property(fc.integer({ min: from, max: until }), (time) => {
      expect((select.get(time) as { day: number }).day).toBe(localDay(time, offsets));
    }),
  );
  db.close();
});

test.each(ZONES)("a day begins where the one before ends, in %s", (zone) => {
  const offsets = offsetsOf(zone, from, until);
  const first = localDay(from, offsets) + 1;
  for (let day = first; day < first + 720; day++) {
    const start = startOfDay(day, zone);
    expect([localDay(start - 1, offsets), localDay(start, offsets)]).toEqual([day - 1, day]);
  }
});

test("weeks begin on Mondays", () => {
  const day = Date.UTC(2026, 10, 5) / 86_400_000;
  expect([weekOf(day), weekOf(day - 3), weekOf(day - 4)]).toEqual([
    "2026-11-02",
    "2026-11-02",
    "2026-10-26",
  ]);
  expect(monthOf(day)).toBe("2026-11");
});
