import { describe, expect, test } from "vitest";
import { isEarlierId, stampOfId, timeOfId } from "../src/translate/shared/stamp.ts";

const DAY = 86_400_000;

describe("timeOfId", () => {
  test.each([
    ["a year before it", -365 * DAY],
    ["the very ms", 0],
    ["a year after it", 365 * DAY],
  ])("tells when a real id was made by a time %s", (_what, away) => {
    const made = 1795345696622;
    expect(timeOfId("evt_202f1476e001kvgMDnQ7lxEIsM", made + away)).toBe(made);
  });

  test("tells nothing of an id without a clock", () => {
    expect(timeOfId("evt_1", 1795345696629)).toBeNull();
    expect(timeOfId(undefined, 1795345696629)).toBeNull();
  });
});

describe("stampOfId", () => {
  // From the recordings: made 7 ms before the plugin got it, the first of its millisecond.
  test("tells the clock inside a real id", () => {
    expect(stampOfId("evt_202f1476e001kvgMDnQ7lxEIsM", 1795345696629)).toEqual({
      at: 1795345696622,
      seq: 1,
    });
  });

  test("orders the events of one millisecond by their counter", () => {
    expect(stampOfId("evt_202f153ae002hRUkvkJdQPH2rv", 1795345699758)).toEqual({
      at: 1795345699758,
      seq: 2,
    });
  });

  // 26 × 2^36 ms is 2026-08-14T11:59:56.416Z, when the clock in the ids started anew.
  test.each([
    ["evt_000000000001kvgMDnQ7lxEIsM", 26 * 2 ** 36 - 1, 26 * 2 ** 36],
    ["evt_fffffffff001kvgMDnQ7lxEIsM", 26 * 2 ** 36, 26 * 2 ** 36 - 1],
  ])("%s near %i is %i: the clock wraps", (id, near, at) => {
    expect(stampOfId(id, near)).toEqual({ at, seq: 1 });
  });

  test.each([
    ["a hand-made id", "evt_1"],
    ["an id of another kind", "evt_01JD4Z8YV3Q0M5W7X9K2B6N1CT"],
    ["no text", 7],
    ["none", undefined],
  ])("%s tells nothing", (_what, id) => {
    expect(stampOfId(id, 1795345696629)).toBeNull();
  });

  test("a clock more than a day from the capture is none", () => {
    const id = "evt_202f1476e001kvgMDnQ7lxEIsM";
    expect(stampOfId(id, 1795345696622 + DAY)).not.toBeNull();
    expect(stampOfId(id, 1795345696622 + DAY + 1)).toBeNull();
    expect(stampOfId(id, Number.NaN)).toBeNull();
  });
});

describe("isEarlierId", () => {
  test.each([
    ["prt_202f15302001aL6Bj6DccO1RvC", "prt_202f1530b001L6xP5WLaP0tiIP", true],
    ["prt_202f1530b001L6xP5WLaP0tiIP", "prt_202f15302001aL6Bj6DccO1RvC", false],
    ["prt_202fb6fc2002JNWh2SxHYJse2D", "prt_202fb6fc2004769Io3JUhvKqK3", true],
    ["prt_fffffffff001aL6Bj6DccO1RvC", "prt_000000000001L6xP5WLaP0tiIP", true],
    ["prt_1", "prt_202fb6fc2004769Io3JUhvKqK3", false],
    ["prt_202fb6fc2004769Io3JUhvKqK3", "prt_1", false],
  ])("%s before %s: %s", (a, b, expected) => {
    expect(isEarlierId(a, b)).toBe(expected);
  });
});
