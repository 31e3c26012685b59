import { describe, expect, test } from "vitest";
import { type Json, prompt, read, told } from "./lines.ts";

const WHY =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). To tell you how to proceed, the user said:\n";
const result = (content: unknown, more: Json = {}, id = "t") => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...more,
});
const line = (blocks: unknown[], more: Json = {}) => prompt(blocks, { uuid: "e", ...more });

/** The replies, each with the call that it is of. */
function replies(...lines: Json[]) {
  const { broken, rows } = read(lines);
  expect(broken).toEqual([]);
  const { messages, events } = rows.told();
  expect(messages).toEqual([]);
  return events
    .filter(({ kind }) => kind === "reply")
    .map(({ id, toolCallId, text, data }) => [id, toolCallId, text, JSON.parse(String(data))]);
}

describe("a person's words when refusing", () => {
  test.each<[string, string, string | null]>([
    ["a call", `${WHY}use oak`, "use oak"],
    ["a plan", `${WHY}first the roof\n\nthen the walls`, "first the roof\n\nthen the walls"],
    [
      "with an advice behind",
      `${WHY}oak\n\nNote: The user's next message may contain a correction`,
      "oak",
    ],
    ["a word that is as the sentence", `${WHY}the user said: oak`, "the user said: oak"],
    [
      "without words",
      "The user doesn't want to proceed with this tool use. The tool use was rejected.",
      null,
    ],
    [
      "a plan without words",
      "The agent proposed a plan that was rejected by the user. The user chose to stay in plan mode rather than proceed with implementation.\n\nRejected plan:\nthe roof",
      null,
    ],
  ])("%s", (_what, text, words) => {
    for (const content of [text, [{ type: "text", text }]]) {
      const told = replies(line([result(content, { is_error: true })], { toolUseResult: "Error" }));
      expect(told).toEqual(words === null ? [] : [["e", "t", words, { what: "refusal" }]]);
    }
  });

  test("two in one line, each its call's", () => {
    const blocks = ["a", "b"].map((id) => result(WHY + id, { is_error: true }, id));
    expect(replies(line(blocks))).toEqual([
      ["e", "a", "a", { what: "refusal" }],
      ["e-1", "b", "b", { what: "refusal" }],
    ]);
  });

  test("what was answered before asking for clearer questions", () => {
    const clarify = `${WHY}The user wants to clarify these questions.\n    This means they may have additional information.\n\n    Questions asked:\n- "Which oil?"\n  Answer: tung oil\n  User notes: not linseed\n- "Coats?"\n  (No answer provided)`;
    expect(replies(line([result(clarify, { is_error: true })]))).toEqual([
      [
        "e",
        "t",
        "tung oil\n\nnot linseed",
        {
          what: "answers",
          answers: { "Which oil?": "tung oil" },
          notes: { "Which oil?": "not linseed" },
        },
      ],
    ]);
    const none = clarify.split("- ")[0] ?? "";
    expect(replies(line([result(none, { is_error: true })]))).toEqual([]);
  });
});

describe("a person's answers", () => {
  const text =
    'User has answered your questions: "Which oil?"="tung oil", "Coats?"="two, \\"thin\\" ones". You can now continue with the user\'s answers in mind.';
  const both = { "Which oil?": "tung oil", "Coats?": "two" };

  test.each<[string, Json, string, Json]>([
    [
      "to several questions",
      { questions: [{}], answers: both },
      "tung oil\n\ntwo",
      { answers: both },
    ],
    [
      "of several choices",
      { questions: [], answers: { a: ["x", "y"] } },
      "x\n\ny",
      { answers: { a: ["x", "y"] } },
    ],
    [
      "typed in place of a choice",
      { questions: [{ options: [] }], answers: { a: "none of these" } },
      "none of these",
      { answers: { a: "none of these" } },
    ],
    [
      "with a note",
      {
        questions: [],
        answers: { a: "x" },
        annotations: { a: { preview: "p", notes: "but thin" } },
      },
      "x\n\nbut thin",
      { answers: { a: "x" }, notes: { a: "but thin" } },
    ],
    [
      "of notes only",
      { questions: [], answers: { a: "(notes only)" }, annotations: { a: { notes: "none" } } },
      "none",
      { answers: { a: "(notes only)" }, notes: { a: "none" } },
    ],
    [
      "to no question",
      { questions: [], answers: {}, response: "ask me later" },
      "ask me later",
      { answers: {} },
    ],
    ["without the questions", { answers: both }, "tung oil\n\ntwo", { answers: both }],
  ])("%s", (_what, toolUseResult, words, data) => {
    expect(replies(line([result(text)], { toolUseResult }))).toEqual([
      ["e", "t", words, { what: "answers", ...data }],
    ]);
  });

  test("that only the result's text tells, of several in one line too", () => {
    const answers = { "Which oil?": "tung oil", "Coats?": 'two, \\"thin\\" ones' };
    const words = Object.values(answers).join("\n\n");
    expect(replies(line([result(text)]))).toEqual([
      ["e", "t", words, { what: "answers", answers }],
    ]);
    const other = 'Your questions have been answered: "a"="x". You can now continue.';
    expect(
      replies(line([result(other, {}, "a"), result("The user responded: later", {}, "b")])),
    ).toEqual([
      ["e", "a", "x", { what: "answers", answers: { a: "x" } }],
      ["e-1", "b", "later", { what: "answers", answers: {} }],
    ]);
  });

  test("none where nobody answered, or another tool's result says so", () => {
    const nobody = { questions: [{}], answers: {} };
    expect(replies(line([result("The user did not answer.")], { toolUseResult: nobody }))).toEqual(
      [],
    );
    expect(replies(line([result(`x ${text}`)]))).toEqual([]);
    const shell = { stdout: text, stderr: "", interrupted: false };
    expect(replies(line([result(text)], { toolUseResult: shell }))).toEqual([]);
  });
});

describe("a person's words beside a result", () => {
  const comment = { type: "text", text: "and then the roof" };

  test("when allowing the call", () => {
    expect(replies(line([result("ok"), comment]))).toEqual([
      ["e", "t", "and then the roof", { what: "comment" }],
    ]);
  });

  test("beside what others put there", () => {
    const blocks = [
      result("ok"),
      { type: "text", text: "<system-reminder>x</system-reminder>" },
      comment,
      { type: "text", text: "[Request interrupted by user for tool use]" },
    ];
    const { events, toolCalls } = told(line(blocks));
    expect(toolCalls).toMatchObject([{ id: "t", output: "ok" }]);
    expect(events.map(({ id, kind }) => [id, kind])).toEqual([
      ["e", "reply"],
      ["e-1", "injected"],
      ["e-2", "interrupt"],
    ]);
  });

  test("none of a meta line", () => {
    expect(replies(line([result("ok"), comment], { isMeta: true }))).toEqual([]);
  });
});
