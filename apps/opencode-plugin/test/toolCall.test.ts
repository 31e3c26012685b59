import { describe, expect, test } from "vitest";
import {
  callsOf,
  idAt,
  messageUpdated,
  NOON,
  partUpdated,
  stepStart,
  toolUpdated,
} from "./events.ts";

const START = NOON + 10;
const END = NOON + 2_510;
const running = (more: object = {}) => ({
  status: "running",
  input: { command: "ls" },
  time: { start: START },
  ...more,
});
const ended = (more: object = {}) => ({
  status: "completed",
  input: { command: "ls" },
  output: "a\n",
  title: "ls",
  metadata: {},
  time: { start: START, end: END },
  ...more,
});
const failed = (error: string, more: object = {}) =>
  ended({ status: "error", output: undefined, title: undefined, error, ...more });

/** What the last of these events tells of the call. @throws where it tells nothing */
function lastCall(...events: unknown[]) {
  const call = callsOf(events).at(-1);
  if (!call) throw new Error("no call recorded");
  return call;
}

const ANSWER = messageUpdated({ path: { cwd: "/home/dev/src/proj", root: "/home/dev/src/proj" } });

test("every field of a call that went well", () => {
  const metadata = { output: "a\n", exit: 0, truncated: false };
  expect(lastCall(ANSWER, stepStart(), toolUpdated(ended({ metadata }), {}, END))).toEqual({
    id: "msg_1/call_1",
    sessionId: "ses_1",
    source: "opencode",
    messageId: "msg_1",
    agentId: null,
    isSidechain: null,
    position: 1,
    name: "bash",
    kind: "shell",
    status: "success",
    input: '{"command":"ls"}',
    inputBytes: 16,
    output: "a\n",
    outputBytes: 2,
    error: null,
    filePath: null,
    childSessionId: null,
    childAgentId: null,
    data: '{"exitCode":0,"title":"ls"}',
    createdAt: START,
    completedAt: END,
    durationMs: 2_500,
    updatedAt: END,
    observedAt: END,
    observedSeq: 1,
  });
});

test.each([
  ["bash", "shell"],
  ["shell", "shell"],
  ["read", "read"],
  ["edit", "edit"],
  ["multiedit", "edit"],
  ["patch", "edit"],
  ["apply_patch", "edit"],
  ["write", "write"],
  ["grep", "search"],
  ["glob", "search"],
  ["list", "search"],
  ["ls", "search"],
  ["codesearch", "search"],
  ["lsp", "search"],
  ["webfetch", "web"],
  ["websearch", "web"],
  ["task", "task"],
  ["todowrite", "todo"],
  ["todoread", "todo"],
  ["question", "question"],
  ["plan_exit", "question"],
  ["plan_enter", "question"],
  ["skill", "skill"],
  ["github_create_issue", "mcp"],
  ["invalid", "other"],
  ["mytool", "other"],
  ["_private", "other"],
  ["constructor", "other"],
])("the tool %s is of kind %s", (tool, kind) => {
  expect(lastCall(toolUpdated(ended(), { tool }))).toMatchObject({ name: tool, kind });
});

const ABORTED_SHELL = "begun\n\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>";

// The texts are those of OpenCode 1.18.33, seen in runs of it.
test.each([
  [running(), "running"],
  [ended(), "success"],
  [ended({ metadata: { exit: 3 } }), "success"],
  [ended({ output: ABORTED_SHELL, metadata: { output: ABORTED_SHELL } }), "interrupted"],
  [ended({ output: ABORTED_SHELL, metadata: { exit: 0 } }), "success"],
  [failed("File not found: /w/nope.txt"), "error"],
  [failed("The user rejected permission to use this specific tool call."), "denied"],
  [
    failed(
      "The user rejected permission to use this specific tool call with the following feedback: no",
    ),
    "denied",
  ],
  [
    failed(
      "The user has specified a rule which prevents you from using this specific tool call. Here are some of the relevant rules []",
    ),
    "denied",
  ],
  [failed("The user dismissed this question"), "denied"],
  [failed("Tool execution aborted"), "interrupted"],
  [failed("Aborted", { metadata: { interrupted: true } }), "interrupted"],
])("%j is %s", (state, status) => {
  expect(lastCall(toolUpdated(state)).status).toBe(status);
});

describe("a call under way", () => {
  test("is told once, and nothing of what may still grow", () => {
    const outputs = ["", "1\n", "1\n2\n"];
    const states = outputs.map((output, n) =>
      toolUpdated(running({ metadata: { output } }), {}, NOON + n + 1),
    );
    expect(callsOf([toolUpdated(running(), {}, NOON), ...states])).toMatchObject([
      { status: "running", input: '{"command":"ls"}', output: null, data: null, createdAt: START },
    ]);
  });

  test.each([
    ["title", { title: "list" }],
    ["input", { input: { command: "ls -l" } }],
  ])("is told again with another %s", (_what, change) => {
    const events = [toolUpdated(running()), toolUpdated(running(change), {}, NOON + 2)];
    expect(callsOf(events)).toHaveLength(2);
  });

  test("tells the sub-agent that it started", () => {
    const state = running({ metadata: { sessionId: "ses_2", parentSessionId: "ses_1" } });
    expect(lastCall(toolUpdated(state, { tool: "task" })).childSessionId).toBe("ses_2");
  });

  test("that comes late changes nothing", () => {
    const events = [toolUpdated(ended(), {}, NOON + 5), toolUpdated(running(), {}, NOON + 4)];
    expect(callsOf(events)).toHaveLength(1);
  });

  test("is told by its end alone where its beginning went to another process", () => {
    expect(lastCall(toolUpdated(ended()))).toMatchObject({
      input: '{"command":"ls"}',
      createdAt: START,
      status: "success",
    });
  });
});

describe("a call whose input the model never finished", () => {
  const pending = { status: "pending", input: {}, raw: '{"comm' };
  const begun = NOON + 1;

  test("is not told while it may still begin", () => {
    expect(callsOf([toolUpdated(pending)])).toEqual([]);
  });

  test("is told by its row, as old as its part", () => {
    const { id: _id, ...row } = toolUpdated(pending);
    expect(lastCall(row)).toMatchObject({
      status: "running",
      input: '{"comm',
      createdAt: begun,
      completedAt: null,
    });
  });

  test("that was aborted is as old as its part, and has no input where none had come", () => {
    const state = { ...pending, raw: "", status: "error", error: "Tool execution aborted" };
    const aborted = toolUpdated({ ...state, time: { start: END, end: END } });
    expect(lastCall(aborted)).toMatchObject({
      status: "interrupted",
      input: null,
      inputBytes: null,
      createdAt: begun,
      completedAt: END,
      durationMs: 0,
    });
  });
});

test("what a command had written when it was ended is its output", () => {
  const state = failed("Tool execution aborted", {
    metadata: { output: "half", interrupted: true },
  });
  expect(lastCall(toolUpdated(state))).toMatchObject({
    output: "half",
    error: "Tool execution aborted",
  });
});

test("bytes are those of the whole, in UTF-8", () => {
  // "é" takes two bytes and one UTF-16 unit; more than 10,000,000 units are cut.
  const call = lastCall(toolUpdated(ended({ output: "é".repeat(10_000_001) })));
  expect(call.outputBytes).toBe(20_000_002);
  expect(call.output).toHaveLength(10_000_000);
});

test("a call id that is none, or too long to be kept, gives way to its part's", () => {
  const part = idAt("prt", NOON + 1);
  for (const callID of [undefined, "c".repeat(510)]) {
    expect(lastCall(toolUpdated(ended(), { callID })).id).toBe(`msg_1/${part}`);
  }
});

describe("position", () => {
  const at = (n: number) => idAt("prt", NOON + n);
  const text = partUpdated({ id: at(2), text: "one" }, NOON + 2);
  const thought = partUpdated({ id: at(1), type: "reasoning", text: "hm" }, NOON + 2);
  const tool = toolUpdated(ended(), { id: at(3) }, NOON + 3);

  test("is the place among all parts of the message", () => {
    expect(lastCall(stepStart(), thought, text, tool).position).toBe(3);
  });

  test("is corrected where a part before it comes late", () => {
    const calls = callsOf([stepStart(), tool, text, thought]);
    expect(calls.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(calls[2]).toMatchObject({ id: "msg_1/call_1", observedAt: NOON + 3 });
  });

  test("is not told where the parts before it went to another process", () => {
    expect(lastCall(text, tool).position).toBeNull();
  });
});

describe("files", () => {
  test.each([
    ["absolute", { filePath: "/etc/hosts" }, "/etc/hosts"],
    ["relative", { filePath: "src/../a.txt" }, "/home/dev/src/proj/a.txt"],
    ["a directory", { pattern: "x", path: "." }, "/home/dev/src/proj"],
    ["of Windows", { filePath: "C:\\work\\a.txt" }, "C:\\work\\a.txt"],
    ["none", { pattern: "x" }, null],
    ["a number", { filePath: 7 }, null],
  ])("%s", (_what, input, filePath) => {
    expect(lastCall(ANSWER, toolUpdated(ended({ input }))).filePath).toBe(filePath);
  });

  test("a relative one is not told where nobody says of which directory", () => {
    expect(lastCall(toolUpdated(ended({ input: { filePath: "a" } }))).filePath).toBeNull();
  });

  test("several: the first one, and the others in data", () => {
    const files = [{ filePath: "/w/a", before: "A", after: "B" }, { filePath: "/w/b" }];
    const call = lastCall(toolUpdated(ended({ metadata: { diff: "@@", files } })));
    expect(call.filePath).toBe("/w/a");
    expect(call.data).toBe('{"title":"ls","diff":"@@","files":["/w/b"]}');
  });
});

describe("data", () => {
  test("holds the patch of an edit, never the files before and after", () => {
    const filediff = { file: "/w/a", patch: "@@ -1 +1 @@", before: "OLD", after: "NEW" };
    const call = lastCall(toolUpdated(ended({ metadata: { filediff } })));
    expect(call.data).toBe('{"title":"ls","diff":"@@ -1 +1 @@"}');
  });

  test("names images by type and decoded size", () => {
    // "AAAAAA==": four bytes.
    const attachments = [
      { type: "file", mime: "image/png", url: "data:image/png;base64,AAAAAA==" },
    ];
    const call = lastCall(toolUpdated(ended({ attachments })));
    expect(call.data).toBe('{"title":"ls","images":[{"type":"image/png","bytes":4}]}');
  });

  test("says where an output was cut by OpenCode and where the whole lies", () => {
    const metadata = { truncated: true, outputPath: "/tmp/out" };
    const call = lastCall(toolUpdated(ended({ metadata, title: "" })));
    expect(call.data).toBe('{"truncated":true,"outputPath":"/tmp/out"}');
  });
});
