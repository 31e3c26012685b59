import { expect, test } from "vitest";
import { isNew, KEY, MAX_TAKEN, type Scope, seatsOf } from "../../src/host2/seats.ts";

test("modules of one protocol share what they find, and leave another's alone", () => {
  const scope: Scope = {};
  const seats = seatsOf(scope);
  expect(seatsOf(scope)).toBe(seats);
  const later = { 2: { shape: "of a later version" } };
  const other = { [KEY]: later } as unknown as Scope;
  expect(seatsOf(other)).toMatchObject({ alive: [] });
  expect(later[2]).toEqual({ shape: "of a later version" });
});

test("an event is taken once by its id, without one each time; what is remembered is bounded", () => {
  const seats = seatsOf({});
  expect([isNew(seats, { id: "evt_1" }), isNew(seats, { id: "evt_1" })]).toEqual([true, false]);
  expect([isNew(seats, null), isNew(seats, {}), isNew(seats, { id: 7 })]).toEqual([
    true,
    true,
    true,
  ]);
  for (let n = 0; n < MAX_TAKEN; n++) isNew(seats, { id: `other ${n}` });
  expect(seats.taken.size).toBe(MAX_TAKEN);
  expect(isNew(seats, { id: "evt_1" })).toBe(true);
});
