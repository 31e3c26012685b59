import { expect, test } from "vitest";
import { arrange } from "../../src/output/transcript/arrange/arrange.ts";
import { beginAt, idsMeant } from "../../src/output/transcript/beginAt.ts";
import { row, shown, T } from "../transcript/rows.ts";

const message = (id: string, n: number) => row("message", { id, createdAt: T + n });
const call = (id: string, messageId: string, n: number, childSessionId: string | null = null) =>
  row("toolCall", { id, messageId, position: n, createdAt: T + n, childSessionId });

const CHILD = shown(
  { messages: [message("n1", 4), message("n2", 5)], toolCalls: [call("n2/c", "n2", 0)] },
  { id: "child" },
);
const SESSION = shown({
  messages: [message("m1", 0), message("m2", 1), message("m3", 9)],
  toolCalls: [call("m2/c1", "m2", 0), call("m2/c2", "m2", 1, "child"), call("m2/c3", "m2", 2)],
  events: [row("event", { id: "e", createdAt: T + 8 })],
  children: [CHILD],
});

/** All ids in the order in which they stand. */
function idsIn(entries: ReturnType<typeof arrange>): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind === "event") return [entry.event.id];
    if (entry.kind === "subAgent") return idsIn(entry.subAgent.entries);
    const calls = entry.kind === "message" ? entry.calls : [entry.call];
    const own = entry.kind === "message" ? [entry.message.id] : [];
    const below = calls.flatMap(({ call, started }) => [call.id, ...idsIn(started?.entries ?? [])]);
    return [...own, ...below];
  });
}

test.each([
  ["m1", ["m1", "m2", "m2/c1", "m2/c2", "n1", "n2", "n2/c", "m2/c3", "e", "m3"]],
  ["m2", ["m2", "m2/c1", "m2/c2", "n1", "n2", "n2/c", "m2/c3", "e", "m3"]],
  ["m2/c2", ["m2", "m2/c2", "n1", "n2", "n2/c", "m2/c3", "e", "m3"]],
  // In a sub-agent: below the call that started it.
  ["n2", ["m2", "m2/c2", "n2", "n2/c", "m2/c3", "e", "m3"]],
  ["e", ["e", "m3"]],
  ["m3", ["m3"]],
])("from %s on there are %j", (id, ids) => {
  expect(idsIn(beginAt(arrange(SESSION), id) ?? [])).toEqual(ids);
});

test("from what is not there on there is nothing", () => {
  expect(beginAt(arrange(SESSION), "m")).toBeNull();
});

test.each([
  ["m2", ["m2"]],
  ["m", ["m1", "m2", "m3"]],
  ["n1", ["n1"]],
  // A message's id begins those of its calls: it alone is meant by it.
  ["n2", ["n2"]],
  ["m2/", ["m2/c1", "m2/c2", "m2/c3"]],
  ["m2/c3", ["m2/c3"]],
  ["e", ["e"]],
  ["x", []],
])("by %s are meant %j", (text, ids) => {
  expect(idsMeant(SESSION, text)).toEqual(ids);
});
