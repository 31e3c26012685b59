import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPENCODE_CALLS } from "./opencodeCalls.ts";
import {
  type Captured,
  factsOf,
  inOrder,
  mergeAll,
  readRecording,
  translateAll,
} from "./opencodeReplay.ts";
import { OPENCODE_ROWS } from "./opencodeRows.ts";

const NONE = { toolCalls: [], events: [] };

/** Each recording is a process of its own, with a translate of its own. */
const RUNS = Object.entries(OPENCODE_ROWS).map(([names, rows]) => ({
  names,
  processes: names.split(" ").map(readRecording),
  rows: inOrder({ ...rows, ...(OPENCODE_CALLS[names] ?? NONE) }),
}));

const recordsOf = (processes: Captured[][]) => processes.flatMap(translateAll);
const shuffled = <T>(items: T[]) =>
  fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });

describe.each(RUNS)("$names", ({ processes, rows }) => {
  const records = recordsOf(processes);

  test("gives the rows read from the recording", () => {
    expect(factsOf(mergeAll(records))).toEqual(rows);
  });

  test("M4: its records in any order give the same rows, stamps included", () => {
    const merged = mergeAll(records);
    fc.assert(
      fc.property(shuffled(records), (order) => {
        expect(mergeAll(order)).toEqual(merged);
      }),
      { numRuns: 20 },
    );
  });

  test("M5: every event told twice changes nothing", () => {
    const doubled = processes.map((events) => events.flatMap((event) => [event, event]));
    expect(mergeAll(recordsOf(doubled))).toEqual(mergeAll(records));
    expect(mergeAll([...records, ...records])).toEqual(mergeAll(records));
  });

  test("its events in any order give the same facts", () => {
    fc.assert(
      fc.property(fc.tuple(...processes.map(shuffled)), (orders) => {
        expect(factsOf(mergeAll(recordsOf(orders)))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test("cut short anywhere and continued by another process it gives the same facts", () => {
    const events = processes.flat();
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const parts = recordsOf([events.slice(0, cut), events.slice(cut)]);
        expect(withoutPlaces(factsOf(mergeAll(parts)))).toEqual(withoutPlaces(rows));
        // What is read from the store later tells the places too.
        expect(factsOf(mergeAll([...parts, ...records]))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });
});

/** A process that was not told of all parts of a message knows no call's place among them. */
function withoutPlaces({ toolCalls, ...rest }: ReturnType<typeof factsOf>) {
  return { ...rest, toolCalls: toolCalls.map((call) => ({ ...call, position: null })) };
}

test("a cut short recording holds no text that the whole one would not", () => {
  for (const { processes, rows } of RUNS) {
    const events = processes.flat();
    const texts = new Set(rows.messages.map(({ textContent }) => textContent).concat(null));
    for (let cut = 0; cut <= events.length; cut += 7) {
      const { messages } = mergeAll(translateAll(events.slice(0, cut)));
      expect(messages.filter(({ textContent }) => !texts.has(textContent))).toEqual([]);
    }
  }
});
