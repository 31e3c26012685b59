import type { ToolCall } from "@duolog/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { briefOf } from "../../src/handoff/brief.ts";
import { fit, type Section } from "../../src/handoff/section.ts";
import { decisionsOf } from "../../src/handoff/sections/decisions.ts";
import { filesTouched } from "../../src/handoff/sections/files.ts";
import { openTodos } from "../../src/handoff/sections/todo.ts";
import { row, shown, T } from "../transcript/rows.ts";

function call(name: string, input: unknown, fields: Partial<ToolCall> = {}): ToolCall {
  return row("toolCall", { name, input: JSON.stringify(input), status: "success", ...fields });
}

const todo = (content: string, status: string) => ({ content, status });
const created = (number: number, subject: string) =>
  call("TaskCreate", { subject }, { output: `Task #${number} created successfully: ${subject}` });
const updated = (taskId: string, fields: object) => call("TaskUpdate", { taskId, ...fields });

test.each<[string, ToolCall[], string[]]>([
  ["no calls", [], []],
  [
    "Claude Code's whole list, the last one counts",
    [
      call("TodoWrite", { todos: [todo("old", "pending")] }),
      call("TodoWrite", {
        todos: [todo("a", "completed"), todo("b", "in_progress"), todo("c", "pending")],
      }),
    ],
    ["in_progress b", "pending c"],
  ],
  [
    "OpenCode's whole list",
    [call("todowrite", { todos: [todo("a", "cancelled"), todo("b", "pending")] })],
    ["pending b"],
  ],
  [
    "tasks by their numbers, out of order, renamed, deleted",
    [
      created(2, "second"),
      created(1, "first"),
      created(3, "third"),
      updated("1", { status: "completed" }),
      updated("2", { status: "in_progress", subject: "second, renamed" }),
      updated("3", { status: "deleted" }),
      updated("9", { status: "pending" }),
    ],
    ["in_progress second, renamed"],
  ],
  [
    "a call that was denied or failed changes nothing; one that runs does",
    [
      call("TodoWrite", { todos: [todo("a", "pending")] }),
      call("TodoWrite", { todos: [] }, { status: "denied" }),
      call("TodoWrite", { todos: [] }, { status: "error" }),
    ],
    ["pending a"],
  ],
  [
    "one that runs",
    [call("todowrite", { todos: [todo("a", "pending")] }, { status: "running" })],
    ["pending a"],
  ],
  [
    "inputs that are no such thing",
    [call("TodoWrite", "x"), row("toolCall", { name: "TodoWrite", status: "success", input: "{" })],
    [],
  ],
])("things to do that are open: %s", (_, calls, open) => {
  expect(openTodos(calls).map(({ content, status }) => `${status} ${content}`)).toEqual(open);
});

test("files that were touched: those changed before those read, the most often first, as seen from the project", () => {
  const file = (kind: string, filePath: string, fields: Partial<ToolCall> = {}) =>
    row("toolCall", { kind, filePath, status: "success", ...fields });
  const calls = [
    file("read", "/w/app/b.ts"),
    file("read", "/w/app/a.ts"),
    file("read", "/w/app/a.ts"),
    file("edit", "/w/app/src/c.ts"),
    file("write", "/w/app/src/d.ts"),
    file("edit", "/w/app/src/d.ts"),
    file("edit", "/w/application/e.ts", {
      data: '{"files":["/w/application/e.ts","/w/app/f.ts"]}',
    }),
    file("edit", "/w/app/never.ts", { status: "denied" }),
    row("toolCall", { kind: "shell", status: "success" }),
  ];
  expect(filesTouched(calls, "/w/app")).toEqual([
    "- src/d.ts (changed 2 times)",
    "- f.ts (changed once)",
    "- src/c.ts (changed once)",
    "- /w/application/e.ts (changed once)",
    "- a.ts (only read)",
    "- b.ts (only read)",
  ]);
});

test("what was decided, in the order of time: plans, answers, refusals, words into a result", () => {
  const calls = [
    call("ExitPlanMode", { plan: "Do this\nthen that" }, { createdAt: T + 1 }),
    call("ExitPlanMode", { plan: "Or this" }, { createdAt: T + 2, status: "denied" }),
    call(
      "AskUserQuestion",
      { questions: [{ question: "Which one?" }, { question: "When?" }] },
      { createdAt: T + 5, kind: "question", output: "The left one. Now." },
    ),
    call("Bash", { command: "rm -r x" }, { createdAt: T + 3, status: "denied" }),
    call("Bash", { command: "ls" }, { createdAt: T }),
  ];
  const events = [
    row("event", { kind: "reply", createdAt: T + 4, text: "Not that file" }),
    row("event", { kind: "retry", createdAt: T + 4, text: "Overloaded" }),
  ];
  expect(decisionsOf(calls, events)).toEqual([
    "- a plan was approved: Do this then that",
    "- a plan was not approved: Or this",
    '- refused: Bash {"command":"rm -r x"}',
    "- the user said: Not that file",
    "- Which one? / When?: The left one. Now.",
  ]);
});

const section = (lines: string[], share: number, keep: Section["keep"] = "beginning"): Section => ({
  heading: "H",
  lines,
  keep,
  share,
});

test.each<[string, Section[], number, string[][]]>([
  ["all has room", [section(["ab", "cd"], 0.5), section(["e"], 0.5)], 100, [["ab", "cd"], ["e"]]],
  [
    "what one leaves the next ones take",
    [section(["a"], 0.5), section(["b".repeat(7), "c"], 0.5)],
    12,
    [["a"], ["b".repeat(7), "c"]],
  ],
  [
    "the beginning stays",
    [section(["aaa", "bbb", "ccc"], 1)],
    8,
    [["aaa", "bbb", "… 1 more line left out"]],
  ],
  [
    "the end stays",
    [section(["aaa", "bbb", "ccc"], 1, "end")],
    4,
    [["… 2 more lines left out", "ccc"]],
  ],
  [
    "a line that is too long is cut",
    [section(["x".repeat(500)], 1)],
    100,
    [[`${"x".repeat(98)}…`]],
  ],
  ["at its beginning", [section(["x".repeat(500)], 1, "end")], 100, [[`…${"x".repeat(98)}`]]],
])("sections fit: %s", (_, sections, room, lines) => {
  expect(fit(sections, room).map((one) => one.lines)).toEqual(lines);
});

const words = fc.string({
  unit: fc.constantFrom("a", "b", " ", "\n"),
  minLength: 1,
  maxLength: 3_000,
});
const sessions = fc.record({
  prompts: fc.array(words, { maxLength: 5 }),
  answers: fc.array(words, { maxLength: 5 }),
  files: fc.array(words, { maxLength: 20 }),
});

test("a brief is never much longer than asked, and as long where there is enough to say", () => {
  fc.assert(
    fc.property(
      sessions,
      fc.integer({ min: 200, max: 3_000 }),
      ({ prompts, answers, files }, tokens) => {
        const said = (role: string, texts: string[]) =>
          texts.map((textContent, i) => row("message", { id: `${role}${i}`, role, textContent }));
        const toolCalls = files.map((filePath) =>
          row("toolCall", { kind: "edit", status: "success", filePath }),
        );
        const session = (most: number) =>
          briefOf(
            shown({
              messages: [...said("user", prompts), ...said("assistant", answers)],
              toolCalls,
            }),
            most,
          );
        const brief = session(tokens);
        const whole = session(1_000_000);
        // Seven notes of what was left out, 40 characters each.
        expect(brief.length).toBeLessThanOrEqual(tokens * 4 + 300);
        if (whole.length <= tokens * 4) expect(brief).toBe(whole);
      },
    ),
  );
  const messages = ["user", "assistant"].map((role) =>
    row("message", { id: role, role, textContent: "a few words on a line\n".repeat(5_000) }),
  );
  for (const tokens of [500, 4_000, 20_000]) {
    const { length } = briefOf(shown({ messages }), tokens);
    expect(length / (tokens * 4)).toBeGreaterThan(0.9);
    expect(length / (tokens * 4)).toBeLessThan(1.1);
  }
});
