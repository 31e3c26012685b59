import { readdirSync, readFileSync } from "node:fs";
import { isStorable, MAX_COUNT, MAX_ID, MAX_TEXT } from "@duolog/contract";
import { eventUpsert, messageUpsert, sessionUpsert, toolCallUpsert } from "@duolog/contract/server";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { initialState2, translate2, unknownTypes2 } from "../../src/translate/index.ts";
import { KNOWN_TYPES } from "../../src/translate/v2/types.ts";
import { NOON } from "../events.ts";
import { event, ofAnswer, SESSION, stepStarted, told } from "./events.ts";

const FIXTURES = new URL("../../../../test/fixtures/opencode-2/", import.meta.url);

const recorded = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".jsonl"))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "utf8").trim().split("\n"))
  .map((line) => JSON.parse(line) as { kind: string; at: number; event: object })
  .filter(({ kind }) => kind === "event");

describe("events that tell nothing of the record", () => {
  test.each([
    "session.text.delta",
    "session.idle",
    "form.created",
    "mcp.status.changed",
    "session.of.tomorrow",
    "message.updated",
    "constructor",
    "__proto__",
  ])("%s is passed over", (type) => {
    expect(translate2(initialState2, event(type), NOON)).toEqual([initialState2, []]);
  });
});

describe("which types are known", () => {
  test.each([
    ["session.step.ended", true],
    ["session.text.delta", true],
    ["session.status", true],
    ["mcp.resources.changed", true],
    ["shell.created", true],
    ["session.of.tomorrow", false],
    ["message.updated", false],
    ["__proto__", false],
    ["", false],
  ])("%s: %s", (type, isKnown) => {
    expect(unknownTypes2({ type })).toEqual(isKnown ? [] : [type]);
  });

  test("no type is both translated and silent", () => {
    const silent = new Set(KNOWN_TYPES.silent);
    expect(KNOWN_TYPES.translated.filter((type) => silent.has(type))).toEqual([]);
  });
});

describe("a known type in an unknown shape", () => {
  test.each([
    ["no object", null, "event: no type"],
    ["a text", "session.created", "event: no type"],
    ["no type", { data: {} }, "event: no type"],
    ["no data", { type: "session.created" }, "session.created: unexpected sessionID"],
    [
      "data of another kind",
      { type: "session.created", data: [] },
      "session.created: unexpected data, sessionID",
    ],
    [
      "properties, as version 1 has them",
      { type: "session.deleted", properties: { sessionID: SESSION } },
      "session.deleted: unexpected sessionID",
    ],
    [
      "an id of 100,000 characters",
      event("session.deleted", { sessionID: "s".repeat(100_000) }),
      "session.deleted: unexpected sessionID",
    ],
    [
      "an answer without an id",
      event("session.step.started"),
      "session.step.started: unexpected assistantMessageID",
    ],
    [
      "a text that is none",
      ofAnswer("session.text.ended", { ordinal: 0, text: {} }),
      "session.text.ended: unexpected text",
    ],
    [
      "an ordinal that is none",
      ofAnswer("session.text.ended", { ordinal: "first", text: "a" }),
      "session.text.ended: unexpected ordinal",
    ],
    [
      "a call without an id",
      ofAnswer("session.tool.success", { content: [] }),
      "session.tool.success: unexpected id",
    ],
    [
      "a call whose id is too long for a row",
      ofAnswer("session.tool.called", { id: "c".repeat(MAX_ID) }),
      "session.tool.called: unexpected id",
    ],
    [
      "an item without a type",
      event("session.inbox.enqueued", { inboxID: "msg_1", item: { payload: {} } }),
      "session.inbox.enqueued: unexpected item.type",
    ],
    ["a fork of nothing", event("session.forked"), "session.forked: unexpected parentID"],
    [
      "no text",
      ofAnswer("session.reasoning.ended", { ordinal: 0 }),
      "session.reasoning.ended: unexpected text",
    ],
    ["a move to nowhere", event("session.moved"), "session.moved: unexpected data.location"],
    ["a new title that is none", event("session.renamed"), "session.renamed: unexpected title"],
    [
      "a revert to nowhere",
      event("session.revert.committed"),
      "session.revert.committed: unexpected to",
    ],
  ])("%s: nothing is recorded and the field is named", (_what, each, reason) => {
    expect(told([each])).toEqual([[{ kind: "rejected", reason }]]);
  });

  test.each([
    ["a cost that is a text", event("session.usage.updated", { cost: "0.5" }), "cost"],
    ["negative tokens", event("session.usage.updated", { tokens: { input: -1 } }), "tokens.input"],
    ["a location that is a text", event("session.created", { location: "/p" }), "data.location"],
    ["a model that is a text", stepStarted({ model: "m" }), "model"],
    ["microseconds", stepStarted({ started: NOON * 1_000 }), "started"],
    ["an error that is a text", event("session.execution.failed", { error: "no" }), "error"],
    [
      "content that is no list",
      ofAnswer("session.tool.success", { id: "c", content: "out" }),
      "content",
    ],
    ["a time of making that is a text", { ...event("session.deleted"), created: "now" }, "created"],
  ])("%s: the rest is recorded beside it", (_what, each, field) => {
    const [results = []] = told([each]);
    expect(results[0]?.kind).not.toBe("rejected");
    const reason = `${each.type}: unexpected ${field}`;
    expect(results.at(-1)).toEqual({ kind: "rejected", reason });
  });
});

test.each([
  ["`created`, then the counter in the id", { created: NOON + 5 }, NOON + 5, 7],
  ["without `created` the id's clock", { created: undefined }, NOON, 7],
  ["without a clock in the id `created`, in the order told", { id: "evt_1" }, NOON, 1],
  ["without either the time of capture", { id: "evt_1", created: undefined }, NOON + 60, 1],
])("M4: the stamp is %s", (_what, odd, observedAt, observedSeq) => {
  const each = { ...event("session.execution.started", {}, NOON, 7), ...odd };
  const [, results] = translate2(initialState2, each, NOON + 60);
  expect(results).toMatchObject([{ data: { observedAt, observedSeq } }]);
});

test("an event without a clock in its id is stamped with its capture, in order", () => {
  const one = { ...event("session.execution.started"), id: "evt_1", created: undefined };
  const stamps = told([one, one]).map(([result]) => result && "data" in result && result.data);
  expect(stamps).toMatchObject([
    { observedAt: NOON, observedSeq: 1 },
    { observedAt: NOON, observedSeq: 2 },
  ]);
});

test("neither the state nor the event is changed", () => {
  const [state] = translate2(initialState2, Object.freeze(stepStarted()), NOON);
  const before = structuredClone(state);
  translate2(state, ofAnswer("session.text.ended", { ordinal: 0, text: "a" }, NOON + 1), NOON);
  expect(state).toEqual(before);
});

/** A recorded event with the values at some places replaced by anything. */
const mutated = fc
  .tuple(
    fc.constantFrom(...recorded.map((line) => line.event)),
    fc.array(fc.tuple(fc.nat(), fc.anything()), { minLength: 1, maxLength: 4 }),
  )
  .map(([original, changes]) => {
    const copy = structuredClone(original) as Record<string, unknown>;
    for (const [place, value] of changes) {
      const places = placesIn(copy);
      const [holder, key] = places[place % places.length] ?? [copy, "type"];
      holder[key] = value;
    }
    return copy;
  });

function placesIn(value: unknown, depth = 0): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null || depth > 6) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [
    [holder, key] as [Record<string, unknown>, string],
    ...placesIn(holder[key], depth + 1),
  ]);
}

const SCHEMAS = {
  session: sessionUpsert,
  message: messageUpsert,
  toolCall: toolCallUpsert,
  event: eventUpsert,
};

test("1,000 mutated histories: never a throw, and nothing that the wire refuses", () => {
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 12 }), (events) => {
      for (const result of told(events).flat()) {
        if (result.kind === "rejected") continue;
        SCHEMAS[result.kind].parse(result.data);
        for (const value of Object.values(result.data)) {
          if (typeof value === "string") expect(isStorable(value)).toBe(true);
          if (typeof value === "string") expect(value.length).toBeLessThanOrEqual(MAX_TEXT);
          if (typeof value === "number") expect(value).toBeLessThanOrEqual(MAX_COUNT * 4);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test("1,000 recorded histories in a wrong order, each with a mutation: never a throw", () => {
  const some = fc
    .subarray(recorded, { maxLength: 30 })
    .chain((events) => fc.shuffledSubarray(events, { minLength: events.length }));
  fc.assert(
    fc.property(some, mutated, (events, odd) => {
      for (const result of told([...events.map((line) => line.event), odd]).flat()) {
        if (result.kind !== "rejected") SCHEMAS[result.kind].parse(result.data);
      }
    }),
    { numRuns: 1_000 },
  );
});
