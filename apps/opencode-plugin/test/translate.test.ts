import { readFileSync } from "node:fs";
import { isStorable, MAX_COUNT, MAX_ID, MAX_TEXT } from "@duolog/contract";
import { messageUpsert, sessionUpsert } from "@duolog/contract/server";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { initialState, translate } from "../src/translate/index.ts";
import { event, messageUpdated, NOON, partUpdated, sessionUpdated, told } from "./events.ts";

const FIXTURES = new URL("../../../test/fixtures/opencode/", import.meta.url);

interface Line {
  kind: string;
  t: number;
  event: object;
}

const recorded = [
  "01-hello",
  "04-tools",
  "05-http500-recover",
  "06-http400",
  "14-subagent",
  "17-file",
  "21-overflow-compaction",
]
  .flatMap((name) =>
    readFileSync(new URL(`${name}.jsonl`, FIXTURES), "utf8")
      .trim()
      .split("\n"),
  )
  .map((line) => JSON.parse(line) as Line)
  .filter(({ kind }) => kind === "event");

describe("events that tell nothing of the record", () => {
  test.each([
    "plugin.added",
    "catalog.updated",
    "session.diff",
    "file.edited",
    "session.next.text.ended",
    "constructor",
    "__proto__",
  ])("%s is passed over", (type) => {
    expect(translate(initialState, event(type, { sessionID: "ses_1" }), NOON)).toEqual([
      initialState,
      [],
    ]);
  });
});

describe("a known type in an unknown shape", () => {
  test.each([
    ["no object", null, "event: no type"],
    ["a text", "session.updated", "event: no type"],
    ["no type", { properties: {} }, "event: no type"],
    ["no properties", { type: "session.updated" }, "session.updated: unexpected info.id"],
    [
      "properties of another kind",
      { type: "session.idle", properties: [] },
      "session.idle: unexpected properties, sessionID",
    ],
    [
      "no info",
      event("message.updated", { sessionID: "s" }),
      "message.updated: unexpected info.id",
    ],
    [
      "no part",
      event("message.part.updated", { sessionID: "s" }),
      "message.part.updated: unexpected part.type",
    ],
    [
      "a part without its message",
      partUpdated({ messageID: undefined, text: "a" }),
      "message.part.updated: unexpected part.messageID",
    ],
    [
      "a text that is none",
      partUpdated({ text: { html: "" } }),
      "message.part.updated: unexpected part.text",
    ],
    [
      "an id of 100,000 characters",
      event("session.idle", { sessionID: "s".repeat(100_000) }),
      "session.idle: unexpected sessionID",
    ],
    [
      "an id that can't be stored",
      event("message.removed", { sessionID: "s", messageID: "a\0" }),
      "message.removed: unexpected messageID",
    ],
    [
      "an empty id",
      event("message.part.removed", { sessionID: "s", messageID: "m", partID: "" }),
      "message.part.removed: unexpected partID",
    ],
  ])("%s: nothing is recorded and the field is named", (_what, each, reason) => {
    expect(told([each])).toEqual([[{ kind: "rejected", reason }]]);
  });

  test.each([
    ["a cost that is a text", sessionUpdated({ cost: "0.5" }), "info.cost"],
    ["negative tokens", sessionUpdated({ tokens: { input: -1 } }), "info.tokens.input"],
    [
      "tokens that are no number",
      messageUpdated({ tokens: { output: Number.NaN } }),
      "info.tokens.output",
    ],
    ["times as texts", sessionUpdated({ time: { created: "2026" } }), "info.time.created"],
    ["microseconds", messageUpdated({ time: { created: NOON * 1_000 } }), "info.time.created"],
    ["a title that is an object", sessionUpdated({ title: {} }), "info.title"],
    ["an error that is a text", messageUpdated({ error: "refused" }), "info.error"],
    [
      "an unknown status",
      event("session.status", { sessionID: "s", status: { type: "asleep" } }),
      "status.type",
    ],
  ])("%s: the rest is recorded beside it", (_what, each, field) => {
    const [[record, rejected] = []] = told([each]);
    expect(record?.kind).not.toBe("rejected");
    expect(rejected).toEqual({ kind: "rejected", reason: `${each.type}: unexpected ${field}` });
  });
});

test("an event without a clock in its id is stamped with its capture, in order", () => {
  const idle = { id: "evt_1", type: "session.idle", properties: { sessionID: "s" } };
  const stamps = told([idle, idle])
    .flat()
    .map((result) => "data" in result && result.data);
  expect(stamps).toMatchObject([
    { observedAt: NOON, observedSeq: 1 },
    { observedAt: NOON, observedSeq: 2 },
  ]);
});

test("neither the state nor the event is changed", () => {
  const [state] = translate(initialState, Object.freeze(messageUpdated()), NOON);
  const before = structuredClone(state);
  translate(state, partUpdated({ text: "a" }), NOON);
  expect(state).toEqual(before);
});

test("events changed after the call change nothing that was recorded", () => {
  const info = { id: "ses_1", title: "before", tokens: { input: 1 } };
  const [, results] = translate(initialState, sessionUpdated(info), NOON);
  const before = structuredClone(results);
  Object.assign(info, { title: "after" });
  info.tokens.input = 2;
  expect(results).toEqual(before);
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

/** Ids, texts and numbers within the wire's limits, and JSON where JSON is meant. */
function expectPlain(data: { id: string; sessionId: string; data?: string | null }) {
  for (const id of [data.id, data.sessionId]) expect(id.length).toBeLessThanOrEqual(MAX_ID);
  for (const value of Object.values(data)) {
    if (typeof value === "string") expect(isStorable(value) && value.length <= MAX_TEXT).toBe(true);
    if (typeof value === "number") expect(value >= 0 && value <= MAX_COUNT * 4).toBe(true);
  }
  if (data.data) expect(typeof JSON.parse(data.data)).toBe("object");
}

function placesIn(value: unknown, depth = 0): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null || depth > 6) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [
    [holder, key] as [Record<string, unknown>, string],
    ...placesIn(holder[key], depth + 1),
  ]);
}

test("1,000 mutated histories: never a throw, and nothing that the wire refuses", () => {
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 12 }), (events) => {
      for (const result of told(events).flat()) {
        if (result.kind === "session") sessionUpsert.parse(result.data);
        if (result.kind === "message") messageUpsert.parse(result.data);
        if (result.kind === "toolCall" || result.kind === "event") expectPlain(result.data);
      }
    }),
    { numRuns: 1_000 },
  );
});
