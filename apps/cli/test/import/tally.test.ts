import type { IngestRecord, ItemResult } from "@duolog/contract";
import { expect, test } from "vitest";
import { Tally } from "../../src/import/tally.ts";
import { message, session } from "./parts.ts";

const ADDED: ItemResult = { ok: true, changed: true, added: true };
const CHANGED: ItemResult = { ok: true, changed: true };
const SAME: ItemResult = { ok: true, changed: false };
const REFUSED: ItemResult = {
  ok: false,
  error: { code: "CONFLICT", field: "source", message: "source: set once" },
};

const NOTHING = {
  sessions: 0,
  messages: 0,
  toolCalls: 0,
  events: 0,
  new: 0,
  changed: 0,
  refused: 0,
  unreadable: 0,
};

/** Counts parts, each its records with what became of them. */
function tallied(...parts: (readonly [IngestRecord, ItemResult])[][]) {
  const tally = new Tally();
  for (const records of parts) {
    const part = tally.openPart();
    for (const [record] of records) part.read(record);
    part.end();
    for (const [record, result] of records) part.answered(record, result);
  }
  return tally;
}

const m = message("s", "m");
const s = session("s");

test.each([
  [
    "a row that several records tell of is one",
    [[m, ADDED] as const, [m, SAME] as const],
    { messages: 1, new: 1 },
  ],
  [
    "one that is new and changed is new",
    [[m, ADDED] as const, [m, CHANGED] as const],
    { messages: 1, new: 1 },
  ],
  [
    "also where the answers come the other way",
    [[m, CHANGED] as const, [m, ADDED] as const],
    { messages: 1, new: 1 },
  ],
  [
    "one that was there is changed, once",
    [[m, CHANGED] as const, [m, CHANGED] as const],
    { messages: 1, changed: 1 },
  ],
  ["one that was there as it is is neither", [[m, SAME] as const], { messages: 1 }],
  [
    "each refused record counts",
    [[m, REFUSED] as const, [m, REFUSED] as const],
    { messages: 1, refused: 2 },
  ],
  [
    "the same id in two sessions is two rows",
    [[m, ADDED] as const, [message("t", "m"), ADDED] as const],
    { messages: 2, new: 2 },
  ],
])("%s", (_what, records, expected) => {
  expect(tallied([...records]).end()).toEqual({ ...NOTHING, ...expected });
});

test("a session that several parts name is one, and new where one of them added it", () => {
  const tally = tallied([[s, ADDED]], [[s, CHANGED]], [[session("t"), CHANGED]]);
  tally.timeTold("s", CHANGED);
  tally.timeTold("t", CHANGED);
  tally.timeTold("u", SAME);
  expect(tally.end()).toEqual({ ...NOTHING, sessions: 2, new: 1, changed: 1 });
});

test("why something was refused or passed over is counted by the reason", () => {
  const tally = tallied([
    [m, REFUSED],
    [s, REFUSED],
  ]);
  for (const reason of ["torn", "torn", "too long"]) tally.putAside(reason);
  expect(tally.end()).toMatchObject({ refused: 2, unreadable: 3 });
  expect([...tally.refused]).toEqual([["source: set once", 2]]);
  expect([...tally.unreadable]).toEqual([
    ["torn", 2],
    ["too long", 1],
  ]);
});
