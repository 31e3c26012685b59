import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, read, T0, told } from "../lines.ts";
import { Rows } from "../rows.ts";

/** A line of an answer `n` seconds after the beginning. */
const said = (n: number, id: string, text: string, line: Json = {}, message: Json = {}) =>
  answer(id, text, { line: { uuid: `a${n}`, timestamp: at(n), ...line }, message });
const asked = (n: number, text = "what?") => prompt(text, { uuid: `p${n}`, timestamp: at(n) });
const called = (n: number, id: string, call: string, line: Json = {}, message: Json = {}) =>
  said(n, id, "", line, { content: [{ type: "tool_use", id: call, name: "Bash" }], ...message });
const result = (n: number, call: string) =>
  prompt([{ type: "tool_result", tool_use_id: call, content: "ok" }], {
    uuid: `r${n}`,
    timestamp: at(n),
  });
const usage = (input: number, output: number) => ({
  usage: { input_tokens: input, output_tokens: output },
});

const answers = (...lines: Json[]) =>
  told(...lines)
    .messages.filter(({ role }) => role === "assistant")
    .map(({ id, textContent }) => [id, textContent]);

describe("answers that have one id of the API", () => {
  test("are told from each other by their requests; the first keeps the id", () => {
    const lines = [
      asked(0),
      said(1, "m", "one", { requestId: "r1" }, usage(100, 30)),
      said(2, "m", "two", { requestId: "r2" }, usage(101, 31)),
      said(3, "m", "and a half", { requestId: "r1" }, usage(100, 30)),
      said(4, "m", "three", { requestId: "r3" }, usage(102, 32)),
    ];
    expect(told(...lines).messages).toMatchObject([
      { id: "m", textContent: "one\n\nand a half", requestId: "r1", completionTokens: 30 },
      { id: "m/r2", textContent: "two", requestId: "r2", completionTokens: 31 },
      { id: "m/r3", textContent: "three", requestId: "r3", completionTokens: 32 },
      { role: "user" },
    ]);
  });

  test("are told by the prompt between where no request is told", () => {
    const lines = [
      asked(0),
      said(1, "chatcmpl-0", "one"),
      asked(2),
      said(3, "chatcmpl-0", "two"),
      said(4, "chatcmpl-0", "and a half"),
      asked(5),
      said(6, "chatcmpl-0", "one"),
    ];
    expect(answers(...lines)).toEqual([
      ["chatcmpl-0", "one"],
      ["chatcmpl-0/a3", "two\n\nand a half"],
      ["chatcmpl-0/a6", "one"],
    ]);
  });

  test("so also by what was written in the user's name, as a task's notification", () => {
    const task = { ...asked(2, "<task-notification>x</task-notification>") };
    const lines = [asked(0), said(1, "c", "one"), task, said(3, "c", "two")];
    expect(answers(...lines)).toEqual([
      ["c", "one"],
      ["c/a3", "two"],
    ]);
  });

  test("not by a prompt that was queued while one was given", () => {
    const queued = {
      type: "attachment",
      uuid: "q",
      timestamp: at(2),
      attachment: { type: "queued_command", prompt: "and?" },
    };
    expect(answers(asked(0), said(1, "c", "one"), queued, said(3, "c", "two"))).toEqual([
      ["c", "one\n\ntwo"],
    ]);
  });

  test("within a turn by what the model had, once its calls have results", () => {
    const lines = [
      asked(0),
      said(1, "c", "Let me look.", {}, usage(10, 5)),
      called(2, "c", "t1", {}, usage(10, 5)),
      result(3, "t1"),
      called(4, "c", "t2", {}, usage(20, 6)),
      result(5, "t2"),
      said(6, "c", "Found.", {}, usage(30, 7)),
    ];
    const { messages, toolCalls } = told(...lines);
    expect(messages).toMatchObject([
      { id: "c", textContent: "Let me look.", promptTokens: 10, completionTokens: 5 },
      { id: "c/a4", promptTokens: 20, completionTokens: 6 },
      { id: "c/a6", textContent: "Found.", promptTokens: 30, completionTokens: 7 },
      { id: "p0" },
    ]);
    expect(toolCalls).toMatchObject([
      { id: "t1", messageId: "c" },
      { id: "t2", messageId: "c/a4" },
    ]);
  });

  test("and are one where a result stands between the lines of one answer", () => {
    const lines = [
      called(1, "m", "t1", {}, usage(10, 5)),
      result(2, "t1"),
      said(3, "m", "Found.", {}, usage(10, 9)),
    ];
    expect(told(...lines).messages).toMatchObject([
      { id: "m", textContent: "Found.", completionTokens: 9 },
    ]);
  });

  test("are one where the first lines tell no request", () => {
    const lines = [said(1, "m", "one"), said(2, "m", "two", { requestId: "r1" })];
    expect(told(...lines).messages).toMatchObject([
      { id: "m", textContent: "one\n\ntwo", requestId: "r1" },
    ]);
  });

  test("are known in their events by their rows' ids", () => {
    const failed = (n: number, requestId: string) =>
      said(n, "m", `API Error ${n}`, { requestId, isApiErrorMessage: true });
    const advised = said(
      3,
      "m",
      "x",
      { requestId: "r3" },
      {
        usage: { iterations: [{ type: "advisor_message", model: "b", output_tokens: 1 }] },
      },
    );
    const { events } = told(failed(1, "r1"), failed(2, "r2"), advised);
    expect(events.map(({ kind, messageId }) => [kind, messageId])).toEqual([
      ["error", "m"],
      ["error", "m/r2"],
      ["other", "m/r3"],
    ]);
  });

  test("have an id that a row can have, however long", () => {
    const requestId = "r".repeat(600);
    const second = said(2, "m", "two", { requestId });
    const ids = answers(said(1, "m", "one", { requestId: "r1" }), second).map(([id]) => id);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), "m"]);
  });

  test("an empty id names nothing", () => {
    expect(answers(asked(0), said(1, "", "one"), said(2, "", "two"))).toEqual([
      ["a1", "one"],
      ["a2", "two"],
    ]);
  });
});

describe("an answer that is told again is a copy", () => {
  const main = [asked(0), said(1, "m", "one", { requestId: "r1" }, usage(10, 5))];
  const many = Array.from({ length: 40 }, (_, i) => [
    asked(100 + 2 * i),
    said(101 + 2 * i, `n${i}`, `did ${i}`, { requestId: `n${i}` }),
  ]).flat();

  test.each<[string, Json]>([
    ["as it was", {}],
    ["with another uuid", { uuid: "x" }],
    ["for another request", { uuid: "x", requestId: "r2" }],
    ["for another request, later", { uuid: "x", requestId: "r2", timestamp: at(50) }],
    ["of which no request is told", { uuid: "x", requestId: undefined }],
    ["by a sidechain", { uuid: "x", requestId: "r2", isSidechain: true, timestamp: at(50) }],
  ])("%s, at once and much later", (_what, again) => {
    const copy = { ...main[1], ...again };
    const rows = told(...main, ...many);
    for (const lines of [
      [...main, copy, ...many],
      [...main, ...many, copy],
    ]) {
      expect(told(...lines).messages).toEqual(rows.messages);
    }
  });

  test("in part, wherever the part begins or ends", () => {
    const lines = [asked(0), said(1, "m", "one"), said(2, "m", "two"), said(3, "m", "three")];
    const whole = told(...lines, ...many).messages;
    expect(whole[0]).toMatchObject({ id: "m", textContent: "one\n\ntwo\n\nthree" });
    for (const part of [lines.slice(1, 2), lines.slice(2, 3), lines.slice(3), lines.slice(2)]) {
      const again = part.map((line) => ({ ...line, uuid: `x${line.uuid}` }));
      expect(told(...lines, ...many, ...part).messages).toEqual(whole);
      expect(told(...lines, ...many, ...again).messages).toEqual(whole);
    }
  });

  test("and the whole one where a part was told before it", () => {
    const [first, second] = [said(1, "m", "one"), said(2, "m", "two")];
    const { messages } = told(asked(0), second, ...many, first, second);
    expect(messages[0]).toMatchObject({
      id: "m",
      textContent: "one\n\ntwo",
      completedAt: T0 + 2_000,
    });
    expect(messages.filter(({ id }) => String(id).startsWith("m"))).toHaveLength(1);
  });

  test.each(["the whole first", "the part first"])("in part in another file, %s", (order) => {
    const [first, second] = [said(1, "m", "one"), said(2, "m", "two")];
    const files = [
      [asked(0), first, second],
      [...many, second],
    ];
    const rows = new Rows();
    for (const lines of order === "the whole first" ? files : files.reverse()) {
      read(lines, undefined, { rows });
    }
    const found = rows.told().messages.find(({ id }) => id === "m");
    expect(found).toMatchObject({ textContent: "one\n\ntwo" });
  });

  test("takes no turn for its own, and ends no message that it stands in", () => {
    const [begun, ended] = [said(500, "last", "now"), said(501, "last", "then")];
    const { messages, sessions } = told(...main, ...many, begun, ...main, ...many, ended);
    expect(messages.find(({ id }) => id === "last")).toMatchObject({ textContent: "now\n\nthen" });
    expect(sessions).toMatchObject([{ updatedAt: T0 + 501_000, status: "idle" }]);
  });
});
