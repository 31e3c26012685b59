import { unknownTypes2 } from "@duolog/opencode-plugin/translate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factsOf, inOrder, mergeAll } from "../opencodeReplay.ts";
import { CONTROL } from "./control.ts";
import { type Captured, readRecording, translateAll } from "./replay.ts";
import type { AllRows } from "./rows.ts";
import { TALK } from "./talk.ts";
import { TOOL_ROWS } from "./tools.ts";

const ROWS: Record<string, AllRows> = { ...TALK, ...TOOL_ROWS, ...CONTROL };
const RUNS = Object.entries(ROWS).map(([names, rows]) => ({
  names,
  events: names.split(" ").flatMap(readRecording),
  rows: inOrder(rows),
}));

const rowsOf = (events: Captured[]) => mergeAll(translateAll(events));
const shuffled = <T>(items: T[]) =>
  fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });

type Facts = ReturnType<typeof factsOf>;
type Row = Record<string, unknown>;

/** A session's totals while it goes on. */
const isPartialCount = (field: string) => /Tokens$|^cost$/.test(field);

/** Each row by its kind, session and id. */
function keyed(facts: Facts): Map<string, Row> {
  const rows = Object.entries(facts).flatMap(([kind, each]) =>
    (each as { id: string; sessionId?: string }[]).map(
      (row) => [[kind, row.sessionId, row.id].join(" "), row] as [string, unknown],
    ),
  );
  return new Map(rows) as Map<string, Row>;
}

/** What says other things before the end is told; and whether a session's row is only inferred yet. */
const GROWING = new Set(["status", "updatedAt", "sourceInferred"]);

/** Says no other than the whole: each value is the whole's, or absent. */
function expectPartOf(part: Facts, whole: Facts): void {
  const wholeRows = keyed(whole);
  for (const [key, row] of keyed(part)) {
    const known = wholeRows.get(key);
    expect(known, key).toBeDefined();
    for (const [field, value] of Object.entries(row)) {
      if (value === null || GROWING.has(field) || isPartialCount(field)) continue;
      if (field === "data" && row.kind === "compaction") continue;
      expect({ key, field, value }).toEqual({ key, field, value: known?.[field] });
    }
  }
}

describe.each(RUNS)("$names", ({ events, rows }) => {
  const whole = rowsOf(events);

  test("gives the rows read from the recording", () => {
    expect(factsOf(whole)).toEqual(rows);
  });

  test("M4: its records in any order give the same rows, stamps included", () => {
    const records = translateAll(events);
    fc.assert(
      fc.property(shuffled(records), (order) => {
        expect(mergeAll(order)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test("M5: every event told twice changes nothing", () => {
    expect(rowsOf(events.flatMap((event) => [event, event]))).toEqual(whole);
    expect(rowsOf([...events, ...events])).toEqual(whole);
  });

  test("any events told again at any time change nothing", () => {
    fc.assert(
      fc.property(fc.nat(events.length), fc.subarray(events), (from, again) => {
        const told = events.slice(0, from);
        const repeats = again.filter((event) => told.includes(event));
        expect(rowsOf([...told, ...repeats, ...events.slice(from)])).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test("cut anywhere and continued by another process it says no other, and the whole mends it", () => {
    for (let cut = 0; cut <= events.length; cut++) {
      const parts = [events.slice(0, cut), events.slice(cut)].flatMap(translateAll);
      expectPartOf(factsOf(mergeAll(parts)), rows);
      expect(factsOf(mergeAll([...parts, ...translateAll(events)]))).toEqual(rows);
    }
  });

  test("a stretch that nobody was told, then a new state: gaps, and nothing else", () => {
    const place = fc.nat(events.length);
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const parts = [events.slice(0, from), events.slice(to)].flatMap(translateAll);
        expectPartOf(factsOf(mergeAll(parts)), rows);
      }),
      { numRuns: 100 },
    );
  });
});

test("the sessions' events interleaved in any way give the same rows", () => {
  const all = RUNS.filter(({ names }) => names !== "02-continue");
  const whole = mergeAll(all.flatMap(({ events }) => translateAll(events)));
  const places = all.flatMap(({ events }, run) => events.map(() => run));
  fc.assert(
    fc.property(shuffled(places), (order) => {
      const next = all.map(() => 0);
      const mixed = order.map((run) => {
        const place = next[run] ?? 0;
        next[run] = place + 1;
        return all[run]?.events[place] as Captured;
      });
      expect(rowsOf(mixed)).toEqual(whole);
    }),
    { numRuns: 10 },
  );
});

test("every type of the recordings is known", () => {
  const types = new Set(RUNS.flatMap(({ events }) => events.map(({ event }) => event.type)));
  expect([...types].flatMap((type) => unknownTypes2({ type }))).toEqual([]);
});
