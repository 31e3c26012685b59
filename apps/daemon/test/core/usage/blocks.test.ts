import { describe, expect, test } from "vitest";
import { blocksOf, isActive } from "../../../src/core/usage/blocks.ts";

const at = (time: string) => Date.parse(`2026-10-05T${time}:00Z`);
const used = (...times: string[]) => times.map((time) => ({ first: at(time), last: at(time) }));
const shown = (times: string[]) =>
  blocksOf(used(...times)).map(({ start, end, isGap, used }) => [
    new Date(start).toISOString().slice(11, 16),
    new Date(end).toISOString().slice(11, 16),
    isGap ? "gap" : used.length,
  ]);

describe("windows of five hours", () => {
  test("begin at the full hour of an answer", () => {
    expect(shown(["10:20"])).toEqual([["10:00", "15:00", 1]]);
  });

  test("take what comes within five hours of their beginning", () => {
    expect(shown(["10:20", "12:00", "14:59"])).toEqual([["10:00", "15:00", 3]]);
  });

  test("follow one another without a gap", () => {
    expect(shown(["10:20", "15:10"])).toEqual([
      ["10:00", "15:00", 1],
      ["15:00", "20:00", 1],
    ]);
  });

  test("have a gap between them after five idle hours", () => {
    expect(shown(["01:30", "09:45"])).toEqual([
      ["01:00", "06:00", 1],
      ["06:30", "09:45", "gap"],
      ["09:00", "14:00", 1],
    ]);
  });

  test("are none where nothing was used", () => {
    expect(shown([])).toEqual([]);
  });

  test("go on until their end", () => {
    const [block] = blocksOf(used("10:20"));
    if (!block) throw new Error("no block");
    expect([isActive(block, at("14:59")), isActive(block, at("15:00"))]).toEqual([true, false]);
  });
});
