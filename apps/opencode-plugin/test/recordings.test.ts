import { readFileSync } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPENCODE_CALLS } from "../../../test/recordings/opencodeCalls.ts";
import { OPENCODE_ROWS } from "../../../test/recordings/opencodeRows.ts";
import { initialState, translate } from "../src/translate/index.ts";
import { type Merged, mergeRecords } from "./merge.ts";

const FIXTURES = new URL("../../../test/fixtures/opencode/", import.meta.url);

interface Captured {
  t: number;
  event: { id: string; type: string };
}

function read(name: string): Captured[] {
  return readFileSync(new URL(`${name}.jsonl`, FIXTURES), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Captured & { kind: string })
    .filter(({ kind }) => kind === "event");
}

/** What one plugin process records of these events. @throws where any is rejected */
function recordsOf(events: Captured[]): IngestRecord[] {
  let state = initialState;
  return events.flatMap(({ event, t }) => {
    const [next, results] = translate(state, event, t);
    state = next;
    return results.map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
  });
}

/** The daemon's own columns, which no plugin tells. */
const OWN = [
  "sourceInferred",
  "statusInferred",
  "removedInferred",
  "inputHash",
  "outputHash",
  "reasoningHash",
];

/** The expected rows as mergeRecords has them. */
function expected(name: string) {
  const { sessions = [], messages = [] } = OPENCODE_ROWS[name] ?? {};
  const { toolCalls = [], events = [] } = OPENCODE_CALLS[name] ?? {};
  const keyed = (kind: string, row: object) => {
    const { id, sessionId = "" } = row as { id: string; sessionId?: string };
    const facts = Object.entries(row).filter(([field]) => !OWN.includes(field));
    return [[kind, sessionId, id].join(" "), Object.fromEntries(facts)];
  };
  return Object.fromEntries([
    ...sessions.map((row) => keyed("session", row)),
    ...messages.map((row) => keyed("message", row)),
    ...toolCalls.map((row) => keyed("toolCall", row)),
    ...events.map((row) => keyed("event", row)),
  ]);
}

/** Rows less what neither half of an answer can know. */
const withoutPosition = (rows: Merged) =>
  Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, { ...row, position: null }]));

/** Recordings of which every row is written down. */
const WHOLE = Object.keys(OPENCODE_CALLS).filter((name) => OPENCODE_ROWS[name]);

const shuffled = <T>(items: T[]) =>
  fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });

describe.each(WHOLE)("%s", (name) => {
  const events = read(name);
  const rows = expected(name);

  test("gives the rows read from the recording", () => {
    expect(mergeRecords(recordsOf(events))).toEqual(rows);
  });

  test("its records in any order give the same rows", () => {
    fc.assert(
      fc.property(shuffled(recordsOf(events)), (order) => {
        expect(mergeRecords(order)).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test("its events in any order, and every one twice, give the same rows", () => {
    fc.assert(
      fc.property(shuffled([...events, ...events]), (order) => {
        expect(mergeRecords(recordsOf(order))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test("cut short anywhere and continued by another process it gives the same rows, once read whole places too", () => {
    const whole = recordsOf(events);
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const halves = [events.slice(0, cut), events.slice(cut)].flatMap(recordsOf);
        expect(withoutPosition(mergeRecords(halves))).toEqual(withoutPosition(rows));
        expect(mergeRecords([...halves, ...whole])).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test("each event told by a process of its own takes nothing from what one was told of all", () => {
    const records = [...recordsOf(events), ...events.flatMap((event) => recordsOf([event]))];
    expect(mergeRecords(records)).toEqual(rows);
  });
});

test("a call is told at its beginning and at its end, whatever it writes meanwhile", () => {
  const calls = recordsOf(read("04-tools")).filter(({ kind }) => kind === "toolCall");
  expect(calls).toHaveLength(2 * (OPENCODE_CALLS["04-tools"]?.toolCalls.length ?? 0));
});

describe("30-denied-ended-reverted: a session that a person keeps changing", () => {
  const events = read("30-denied-ended-reverted");
  const rows = expected("30-denied-ended-reverted");
  const callsAndEvents = (records: IngestRecord[]) =>
    mergeRecords(records.filter(({ kind }) => kind === "toolCall" || kind === "event"));

  test("gives the calls and events read from the recording", () => {
    expect(callsAndEvents(recordsOf(events))).toEqual(rows);
  });

  test("captured in parts by several processes and then read whole it gives the same", () => {
    fc.assert(
      fc.property(fc.nat(events.length), shuffled(recordsOf(events)), (cut, whole) => {
        const live = [events.slice(0, cut), events.slice(cut)].flatMap(recordsOf);
        expect(callsAndEvents([...live, ...whole])).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });
});
