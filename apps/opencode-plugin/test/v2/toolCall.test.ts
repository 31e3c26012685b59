import { describe, expect, test } from "vitest";
import { NOON } from "../events.ts";
import { mergeRecords } from "../merge.ts";
import { ANSWER, callBegun, event, ofAnswer, recordsOf, SESSION, stepStarted } from "./events.ts";

const callRow = (events: unknown[], id = "call_1") =>
  mergeRecords(recordsOf(events))[`toolCall ${SESSION} ${ANSWER}/${id}`];
const success = (data: object, id = "call_1") =>
  ofAnswer("session.tool.success", { id, content: [], ...data }, NOON + 50);
const failed = (data: object, id = "call_1") =>
  ofAnswer("session.tool.failed", { id, ...data }, NOON + 50);
const text = (value: string) => ({ type: "text", text: value });

test("a call is told when it begins to run, with its input, and again when it ended", () => {
  const begun = [stepStarted(), ...callBegun("call_1", "shell", { command: "ls" }, NOON + 1)];
  expect(callRow(begun.slice(0, 3))).toBeUndefined();
  expect(callRow(begun)).toMatchObject({
    status: "running",
    name: "shell",
    kind: "shell",
    input: '{"command":"ls"}',
    position: 0,
    createdAt: NOON + 1,
    completedAt: null,
  });
  const end = success({ content: [text("a"), text("b")], metadata: { exit: 1, truncated: true } });
  expect(callRow([...begun, end])).toMatchObject({
    status: "success",
    output: "a\n\nb",
    data: JSON.stringify({ exitCode: 1, truncated: true }),
    completedAt: NOON + 50,
    durationMs: 49,
  });
});

describe("how a call fails", () => {
  test.each([
    ["tool.execution", "File not found", "error"],
    ["aborted", "Step interrupted", "interrupted"],
    ["tool.interrupted", "Interrupted", "interrupted"],
    ["unknown", "Tool execution aborted", "interrupted"],
    ["permission.rejected", "no", "denied"],
    ["unknown", "The user rejected permission to use this specific tool call.", "denied"],
    ["unknown", "The interrupted text", "error"],
  ])("%s, %s: %s", (type, message, status) => {
    const events = [
      stepStarted(),
      ...callBegun("call_1", "read", {}),
      failed({ error: { type, message } }),
    ];
    const data = JSON.stringify({ errorType: type });
    expect(callRow(events)).toMatchObject({ status, error: message, data });
  });
});

describe("what a call names", () => {
  const created = event("session.created", { location: { directory: "/p" } });
  test.each([
    ["read", { path: "a.txt" }, {}, "/p/a.txt", null],
    ["read", { filePath: "/abs/a.txt" }, {}, "/abs/a.txt", null],
    [
      "edit",
      { path: "a.txt" },
      {
        files: [
          { file: "a.txt", patch: "-1" },
          { file: "b.txt", patch: "+2" },
        ],
      },
      "/p/a.txt",
      { diff: "-1\n+2", files: ["/p/b.txt"] },
    ],
  ])("%s %j %j", (name, input, metadata, filePath, data) => {
    const events = [
      created,
      stepStarted(),
      ...callBegun("call_1", name, input),
      success({ metadata }),
    ];
    expect(callRow(events)).toMatchObject({ filePath, data: data && JSON.stringify(data) });
  });

  test("files beside the output: type and size", () => {
    const file = { type: "file", uri: "data:image/png;base64,aGVsbG8=", mime: "image/png" };
    const events = [
      stepStarted(),
      ...callBegun("call_1", "read", {}),
      success({ content: [file] }),
    ];
    expect(callRow(events)).toMatchObject({
      output: null,
      data: JSON.stringify({ images: [{ type: "image/png", bytes: 5 }] }),
    });
  });

  test.each([
    [
      "while it runs",
      ofAnswer(
        "session.tool.progress",
        { id: "call_1", metadata: { sessionID: "ses_2" } },
        NOON + 9,
      ),
    ],
    ["when it ended", success({ metadata: { sessionID: "ses_2" } })],
  ])("a sub-agent's session, %s", (_what, last) => {
    const events = [stepStarted(), ...callBegun("call_1", "subagent", {}), last];
    expect(callRow(events)).toMatchObject({ kind: "task", childSessionId: "ses_2" });
  });
});

test("calls of an attempt that was given up are interrupted, less those that had ended", () => {
  const events = [
    stepStarted(),
    ...callBegun("call_1", "shell", { command: "a" }),
    ...callBegun("call_2", "shell", { command: "b" }),
    ofAnswer("session.tool.input.started", { id: "call_3", name: "read" }, NOON + 3),
    success({}, "call_2"),
    stepStarted({ started: NOON + 3_000 }, NOON + 3_000),
    ...callBegun("call_4", "read", {}, NOON + 3_001),
  ];
  const statuses = ["call_1", "call_2", "call_3", "call_4"].map((id) => callRow(events, id));
  expect(statuses).toMatchObject([
    { status: "interrupted", position: 0, input: '{"command":"a"}' },
    { status: "success", position: 1 },
    { status: "interrupted", position: 2, name: "read" },
    { status: "running", position: 3 },
  ]);
});

test("a call whose beginning was missed: what its end tells, without a place", () => {
  expect(callRow([success({ content: [text("out")] })])).toMatchObject({
    status: "success",
    name: null,
    output: "out",
    position: null,
    createdAt: null,
    durationMs: null,
    completedAt: NOON + 50,
  });
});

test("providers that repeat call ids: a row for each answer", () => {
  const other = callBegun("call_1", "read", {}).map((each) => ({
    ...each,
    data: { ...each.data, assistantMessageID: "msg_b" },
  }));
  const rows = mergeRecords(recordsOf([...callBegun("call_1", "shell", {}), ...other]));
  expect(Object.keys(rows).filter((key) => key.startsWith("toolCall"))).toEqual([
    `toolCall ${SESSION} ${ANSWER}/call_1`,
    `toolCall ${SESSION} msg_b/call_1`,
  ]);
});
