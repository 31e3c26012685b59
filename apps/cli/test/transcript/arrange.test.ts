import { expect, test } from "vitest";
import { arrange } from "../../src/output/transcript/arrange/arrange.ts";
import type { Call, Entry, SubAgent } from "../../src/output/transcript/arrange/entry.ts";
import { row, shown, T } from "./rows.ts";

const message = (id: string, at: number, agentId: string | null = null) =>
  row("message", { id, createdAt: T + at, agentId });
const call = (id: string, messageId: string | null, fields: object = {}) =>
  row("toolCall", { id, messageId, ...fields });

/** Ids alone, what a sub-agent said in brackets. */
function outline(entries: Entry[]): unknown[] {
  return entries.flatMap(outlineEntry);
}

function outlineEntry(entry: Entry): unknown[] {
  switch (entry.kind) {
    case "message":
      return [entry.message.id, ...entry.calls.flatMap(outlineCall)];
    case "call":
      return outlineCall(entry.call);
    case "event":
      return [entry.event.id];
    case "subAgent":
      return [outlineAgent(entry.subAgent)];
  }
}

function outlineCall({ call, started }: Call): unknown[] {
  return started ? [call.id, outlineAgent(started)] : [call.id];
}

function outlineAgent({ id, entries }: SubAgent): unknown[] {
  return [id, ...outline(entries)];
}

test("calls stand behind their message by their position, then by time", () => {
  const session = shown({
    messages: [message("m1", 1), message("m2", 2)],
    toolCalls: [
      call("late", "m1", { position: 3 }),
      call("a", "m1"),
      call("b", "m1"),
      call("early", "m1", { position: 1 }),
      call("other", "m2", { position: 0 }),
    ],
  });
  expect(outline(arrange(session))).toEqual(["m1", "early", "late", "a", "b", "m2", "other"]);
});

test("events, and calls whose message is not there, stand at their time; what has none comes first", () => {
  const session = shown({
    messages: [message("m1", 1), message("m3", 3)],
    toolCalls: [call("lone", null, { createdAt: T + 2 }), call("lost", "gone")],
    events: [
      row("event", { id: "unknown" }),
      row("event", { id: "e1", createdAt: T + 1 }),
      row("event", { id: "e4", createdAt: T + 4 }),
    ],
  });
  expect(outline(arrange(session))).toEqual(["lost", "unknown", "m1", "e1", "lone", "m3", "e4"]);
});

test("sub-agents within the session stand behind the calls that started them, at two levels", () => {
  const session = shown({
    messages: [message("m1", 1), message("a1", 2, "A"), message("b1", 3, "B"), message("m2", 4)],
    toolCalls: [
      call("c1", "m1", { childAgentId: "A" }),
      call("c2", "m1"),
      call("c3", "a1", { agentId: "A", childAgentId: "B" }),
      call("c4", "b1", { agentId: "B" }),
    ],
    events: [row("event", { id: "e", createdAt: T + 5, data: '{"agentId":"B"}' })],
  });
  expect(outline(arrange(session))).toEqual([
    "m1",
    "c1",
    ["A", "a1", "c3", ["B", "b1", "c4", "e"]],
    "c2",
    "m2",
  ]);
});

test("a sub-agent that two calls name is shown behind the first of them", () => {
  const session = shown({
    messages: [message("m1", 1), message("a1", 2, "A"), message("m2", 3)],
    toolCalls: [
      call("again", "m2", { childAgentId: "A" }),
      call("first", "m1", { childAgentId: "A" }),
    ],
  });
  expect(outline(arrange(session))).toEqual(["m1", "first", ["A", "a1"], "m2", "again"]);
});

test("a sub-agent that no call names stands at the time of its first message, with what it started", () => {
  const session = shown({
    messages: [message("m1", 1), message("b1", 2, "B"), message("a1", 3, "A"), message("m2", 4)],
    toolCalls: [call("c", "a1", { agentId: "A", childAgentId: "B" })],
  });
  expect(outline(arrange(session))).toEqual(["m1", ["A", "a1", "c", ["B", "b1"]], "m2"]);
});

test("sub-agents whose calls name each other are shown once", () => {
  const session = shown({
    messages: [message("a1", 1, "A"), message("b1", 2, "B")],
    toolCalls: [
      call("c1", "a1", { agentId: "A", childAgentId: "B" }),
      call("c2", "b1", { agentId: "B", childAgentId: "A" }),
      call("c3", "b1", { agentId: "B", childAgentId: "B" }),
    ],
  });
  expect(outline(arrange(session))).toEqual([["A", "a1", "c1", ["B", "b1", "c2", "c3"]]]);
});

test("sessions of sub-agents stand behind the calls that started them, at two levels", () => {
  const grandchild = shown({ messages: [message("g1", 3)] }, { id: "grandchild" });
  const child = shown(
    {
      messages: [message("c1", 2)],
      toolCalls: [call("deep", "c1", { childSessionId: "grandchild" })],
      children: [grandchild],
    },
    { id: "child" },
  );
  const session = shown({
    messages: [message("m1", 1)],
    toolCalls: [
      call("task", "m1", { position: 0, childSessionId: "child" }),
      call("resumed", "m1", { position: 1, childSessionId: "child" }),
      call("gone", "m1", { position: 2, childSessionId: "nowhere" }),
    ],
    children: [child],
  });
  expect(outline(arrange(session))).toEqual([
    "m1",
    "task",
    ["child", "c1", "deep", ["grandchild", "g1"]],
    "resumed",
    "gone",
  ]);
});
