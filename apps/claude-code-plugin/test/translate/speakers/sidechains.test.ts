import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, T0, told } from "../lines.ts";

/** Lines n seconds after the beginning; a sidechain's follow the one that they name. */
const main = { isSidechain: false };
const side = (parentUuid: string | null, extra: Json = {}) => ({
  isSidechain: true,
  parentUuid,
  ...extra,
});
const asks = (n: number, text: unknown, line: Json) =>
  prompt(text, { uuid: `u${n}`, timestamp: at(n), ...line });
const says = (n: number, text: string, line: Json) =>
  answer(`m${n}`, text, { line: { uuid: `u${n}`, timestamp: at(n), ...line } });
const task = (id: string, words: string, subagent_type = "general-purpose") => ({
  type: "tool_use",
  id,
  name: "Task",
  input: { description: "x", prompt: words, subagent_type },
});
const delegates = (n: number, tasks: Json[], line: Json) =>
  answer(`m${n}`, "", {
    line: { uuid: `u${n}`, timestamp: at(n), ...line },
    message: { content: tasks, stop_reason: "tool_use" },
  });
const ends = (n: number, id: string, line: Json) =>
  asks(n, [{ type: "tool_result", tool_use_id: id, content: "ok" }], line);

const speakers = (...lines: Json[]) =>
  Object.fromEntries(
    told(...lines).messages.map(({ id, agentId, agent }) => [id, [agentId ?? null, agent ?? null]]),
  );
const MAIN = [null, null];

describe("a sub-agent that speaks in the session's file without an id has that of its call", () => {
  test("by its task, and each line by the one that it follows", () => {
    const lines = [
      asks(0, "Which trees are old?", main),
      delegates(1, [task("t1", "Count the rings")], main),
      asks(2, "Count the rings", side(null)),
      delegates(3, [{ type: "tool_use", id: "b1", name: "Bash", input: {} }], side("u2")),
      ends(4, "b1", side("u3")),
      says(5, "Eighty.", side("u4")),
      ends(6, "t1", main),
      says(7, "The oak.", main),
    ];
    const agent = ["t1", "general-purpose"];
    expect(speakers(...lines)).toEqual({
      u0: MAIN,
      m1: MAIN,
      u2: agent,
      m3: agent,
      m5: agent,
      m7: MAIN,
    });
    const { toolCalls, sessions } = told(...lines);
    expect(toolCalls).toMatchObject([
      { id: "b1", agentId: "t1", isSidechain: true, status: "success" },
      { id: "t1", childAgentId: "t1", isSidechain: false },
    ]);
    expect(toolCalls[1]).not.toHaveProperty("agentId");
    expect(sessions).toMatchObject([{ title: "Which trees are old?", updatedAt: T0 + 7_000 }]);
  });

  test("several at once, their lines mixed, two of them with one task", () => {
    const lines = [
      delegates(
        1,
        [task("t1", "Dig", "a"), task("t2", "Water", "b"), task("t3", "Dig", "c")],
        main,
      ),
      asks(2, "Water ", side(null)),
      asks(3, "Dig", side(null)),
      asks(4, [{ type: "text", text: "Dig" }], side(null)),
      says(5, "dug", side("u3")),
      says(6, "watered", side("u2")),
      says(7, "dug too", side("u4")),
      says(8, "and done", side("u5")),
    ];
    expect(speakers(...lines)).toEqual({
      m1: MAIN,
      u2: ["t2", "b"],
      u3: ["t1", "a"],
      u4: ["t3", "c"],
      m5: ["t1", "a"],
      m6: ["t2", "b"],
      m7: ["t3", "c"],
      m8: ["t1", "a"],
    });
  });

  test("one that another one started", () => {
    const lines = [
      delegates(1, [task("t1", "Garden", "head")], main),
      asks(2, "Garden", side(null)),
      delegates(3, [task("t2", "Weed", "hand")], side("u2")),
      asks(4, "Weed", side("u3")),
      says(5, "weeded", side("u4")),
      ends(6, "t2", side("u3")),
      says(7, "all done", side("u6")),
    ];
    expect(speakers(...lines)).toEqual({
      m1: MAIN,
      u2: ["t1", "head"],
      m3: ["t1", "head"],
      u4: ["t2", "hand"],
      m5: ["t2", "hand"],
      m7: ["t1", "head"],
    });
    expect(told(...lines).toolCalls).toMatchObject([
      { id: "t1", childAgentId: "t1" },
      { id: "t2", agentId: "t1", childAgentId: "t2" },
    ]);
  });

  test("one whose call is not known has its first line's, and none is a human's", () => {
    const lines = [
      asks(1, "Warmup", side(null)),
      says(2, "Ready.", side("u1")),
      asks(3, "What grows?", main),
    ];
    expect(speakers(...lines)).toEqual({ u1: ["u1", null], m2: ["u1", null], u3: MAIN });
    expect(told(...lines).sessions).toMatchObject([{ title: "What grows?" }]);
  });

  test("a line that follows none that is known is the only one's that is at work", () => {
    const lines = [
      delegates(1, [task("t1", "Dig", "a")], main),
      asks(2, "Dig", side(null)),
      says(3, "dug", side("lost")),
    ];
    expect(speakers(...lines)).toMatchObject({ m3: ["t1", "a"] });
  });

  test("a line that names its sub-agent is that one's", () => {
    const lines = [
      delegates(1, [task("t1", "Dig", "a")], main),
      asks(2, "Dig", side(null, { agentId: "a7" })),
      says(3, "dug", side("u2", { agentId: "a7" })),
    ];
    expect(speakers(...lines)).toMatchObject({ u2: ["a7", null], m3: ["a7", null] });
  });

  test("what it has in common with the main conversation is its own", () => {
    const lines = [
      asks(0, "Count the rings", main),
      delegates(1, [task("t1", "Count the rings")], main),
      asks(2, "Count the rings", side(null)),
      says(3, "Eighty.", side("u2")),
    ];
    expect(speakers(...lines)).toMatchObject({
      u0: MAIN,
      u2: ["t1", "general-purpose"],
      m3: ["t1", "general-purpose"],
    });
  });
});
