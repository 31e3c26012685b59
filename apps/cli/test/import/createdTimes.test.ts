import { expect, test } from "vitest";
import { CreatedTimes } from "../../src/import/createdTimes.ts";
import { message, session, T } from "./parts.ts";

const source = "claude-code" as const;

test("M2: a session's time is held back, and the earliest is told, observed at that time", () => {
  const times = new CreatedTimes();
  const held = [
    session("s", { source, createdAt: T + 5, updatedAt: T + 9 }),
    session("s", { source, createdAt: T + 2 }),
    session("s", { source, createdAt: T + 7 }),
    session("other", { source, createdAt: T + 1 }),
  ].map((record) => times.holdBack(record));
  expect(held).toEqual([
    session("s", { source, updatedAt: T + 9 }),
    session("s", { source }),
    session("s", { source }),
    session("other", { source }),
  ]);
  expect([...times.records(() => true)]).toEqual([
    session("s", { source, createdAt: T + 2, observedAt: T + 2, observedSeq: 0 }),
    session("other", { source, createdAt: T + 1, observedAt: T + 1, observedSeq: 0 }),
  ]);
});

test("what tells no time, and every other row, passes as it is", () => {
  const times = new CreatedTimes();
  for (const record of [session("s"), session("s", { createdAt: null }), message("s", "m")]) {
    expect(times.holdBack(record)).toBe(record);
  }
  expect([...times.records(() => true)]).toEqual([]);
});

test("a session of which not all was read is told no time", () => {
  const times = new CreatedTimes();
  for (const id of ["whole", "part"]) times.holdBack(session(id, { createdAt: T }));
  const told = [...times.records((id) => id === "whole")];
  expect(told.map(({ data }) => data.id)).toEqual(["whole"]);
});
