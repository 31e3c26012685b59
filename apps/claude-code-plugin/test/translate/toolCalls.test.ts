import { describe, expect, test } from "vitest";
import { Transcript } from "../../src/translate/transcript.ts";
import { answer, at, type Json, OWNER, prompt, read, T0, told } from "./lines.ts";
import { Rows } from "./rows.ts";

const use = (id: string, name: string, input: unknown = {}) => ({
  type: "tool_use",
  id,
  name,
  input,
});
const calling = (message: string, blocks: unknown[], line: Json = {}) =>
  answer(message, "", {
    line: { uuid: `${message}-${JSON.stringify(blocks).length}`, ...line },
    message: { content: blocks, stop_reason: "tool_use" },
  });
const result = (id: string, content: unknown, block: Json = {}, line: Json = {}) =>
  prompt([{ type: "tool_result", tool_use_id: id, content, ...block }], line);
const call = (...lines: Json[]) => told(...lines).toolCalls[0];
const data = (...lines: Json[]) => JSON.parse(String(call(...lines)?.data ?? "null"));

describe("a call is of the kind of its tool", () => {
  test.each([
    ["shell", "Bash BashOutput KillShell KillBash"],
    ["read", "Read NotebookRead"],
    ["edit", "Edit MultiEdit NotebookEdit"],
    ["write", "Write"],
    ["search", "Grep Glob LS ToolSearch"],
    ["web", "WebFetch WebSearch web_search web_fetch"],
    ["task", "Task Agent"],
    ["mcp", "mcp__github__create_issue"],
    ["todo", "TodoWrite TodoRead TaskCreate TaskUpdate TaskList TaskGet"],
    ["question", "AskUserQuestion ExitPlanMode"],
    ["skill", "Skill SlashCommand"],
    ["other", "Monitor SendMessage Bash2 toString"],
  ])("%s: %s", (kind, names) => {
    for (const name of names.split(" ")) {
      expect(call(calling("m", [use("t", name)]))).toMatchObject({ name, kind });
    }
  });

  test("also one that the API runs itself, or has an MCP server run", () => {
    const server = { ...use("s", "web_search"), type: "server_tool_use" };
    const mcp = { ...use("x", "search"), type: "mcp_tool_use" };
    expect(told(calling("m", [server, mcp])).toolCalls).toMatchObject([
      { id: "s", kind: "web" },
      { id: "x", kind: "mcp" },
    ]);
  });
});

describe("a call is told by its beginning, and ends with its result", () => {
  const begin = calling("m", [use("t", "Bash", { command: "ls" })], { timestamp: at(1) });

  test("it runs until then", () => {
    expect(call(begin)).toEqual({
      id: "t",
      sessionId: "s",
      source: "claude-code",
      messageId: "m",
      position: 0,
      name: "Bash",
      kind: "shell",
      status: "running",
      input: '{"command":"ls"}',
      inputBytes: 16,
      createdAt: T0 + 1000,
      updatedAt: T0 + 1000,
    });
  });

  test.each<[string, Json, Json, Json]>([
    ["success", {}, {}, { output: "x" }],
    ["success", { is_error: false }, { toolUseResult: { interrupted: false } }, { output: "x" }],
    ["error", { is_error: true }, {}, { output: "x", error: "x" }],
    [
      "error",
      { is_error: true, content: "<tool_use_error>File does not exist.</tool_use_error>" },
      {},
      { error: "File does not exist." },
    ],
    [
      "error",
      { is_error: true, content: "Exit code 2\nno such file" },
      {},
      { output: "Exit code 2\nno such file", error: "Exit code 2", data: '{"exitCode":2}' },
    ],
    ["denied", { is_error: true }, { toolDenialKind: "user-rejected" }, { error: "x" }],
    [
      "denied",
      { is_error: true, content: "The user doesn't want to proceed with this tool use." },
      {},
      {},
    ],
    ["denied", { is_error: true, content: "Permission to use Bash has been denied." }, {}, {}],
    [
      "denied",
      {
        is_error: true,
        content: "Claude requested permissions to use Bash, but you haven't granted it yet.",
      },
      {},
      {},
    ],
    ["denied", { is_error: true, content: "Hook PreToolUse:Bash denied this tool" }, {}, {}],
    ["interrupted", { is_error: true }, { toolDenialKind: "interrupted" }, {}],
    ["interrupted", {}, { toolUseResult: { interrupted: true } }, { output: "x" }],
    [
      "interrupted",
      { is_error: true, content: "[Request interrupted by user for tool use]" },
      {},
      {},
    ],
    [
      "interrupted",
      {
        is_error: true,
        content:
          "The user doesn't want to proceed with this tool use. The tool use was rejected. " +
          "Correction to the text above: this call was stopped while running, not refused before it ran.",
      },
      { toolDenialKind: "user-rejected" },
      {},
    ],
    ["success", { content: "Permission to use Bash has been denied." }, {}, {}],
  ])("%s: %j %j", (status, block, line, expected) => {
    expect(call(begin, result("t", "x", block, line))).toMatchObject({ status, ...expected });
  });

  test("whichever comes first", () => {
    const end = result("t", "out", {}, { timestamp: at(3) });
    expect(call(end, begin)).toMatchObject({ status: "success", name: "Bash", output: "out" });
  });

  test("it took as long as is told, else from its line to its result's", () => {
    const end = (toolUseResult: Json) => result("t", "x", {}, { timestamp: at(4), toolUseResult });
    expect(call(begin, end({}))).toMatchObject({ durationMs: 3000, completedAt: T0 + 4000 });
    expect(call(begin, end({ durationMs: 7 }))).toMatchObject({ durationMs: 7 });
    expect(call(begin, end({ totalDurationMs: 8 }))).toMatchObject({ durationMs: 8 });
    expect(call(begin, end({ durationSeconds: 1.5 }))).toMatchObject({ durationMs: 1500 });
    expect(call(end({}))).not.toHaveProperty("durationMs");
  });

  test("however many answers stand between, and wherever reading stopped", () => {
    const others = Array.from({ length: 20 }, (_, i) => answer(`o${i}`, "x"));
    const lines = [begin, ...others, result("t", "x", {}, { timestamp: at(9) })];
    const { rows } = read(lines, (i) => i === 20);
    expect(rows.told().toolCalls).toMatchObject([{ id: "t", durationMs: 8000 }]);
  });

  test("its output is the text blocks, its bytes those of UTF-8", () => {
    const blocks = [
      { type: "text", text: "é" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
      { type: "text", text: "b" },
    ];
    expect(call(begin, result("t", blocks))).toMatchObject({
      output: "é\n\nb",
      outputBytes: 5,
      data: '{"images":[{"type":"image/png","bytes":3}]}',
    });
  });

  test("handed out at once, before the message is done", () => {
    const transcript = new Transcript(OWNER);
    transcript.add({ offset: 0, text: JSON.stringify(begin) }, 9);
    expect(new Rows().add(transcript.take()).told().toolCalls).toMatchObject([
      { id: "t", status: "running" },
    ]);
  });
});

describe("a call's place is that of its block", () => {
  const places = (...lines: Json[]) =>
    told(...lines).toolCalls.map(({ id, position }) => [id, position]);
  const text = { type: "text", text: "a" };
  const thought = { type: "thinking", thinking: "", signature: "1" };

  test("as told", () => {
    const one = (id: string, apiBlockIndex: number) =>
      calling("m", [use(id, "Bash")], { uuid: id, apiBlockIndex });
    expect(places(one("a", 1), one("b", 4))).toEqual([
      ["a", 1],
      ["b", 4],
    ]);
  });

  test("in the order of the blocks, texts and thoughts too, a line each", () => {
    const lines = [thought, text, use("a", "Bash"), text, use("b", "Bash")].map((block, i) =>
      calling("m", [block], { uuid: `u${i}` }),
    );
    // The text that is repeated is the one before.
    expect(places(...lines)).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
  });

  test("the same, however often the content is repeated as it grows", () => {
    const content = [
      thought,
      text,
      use("a", "Bash"),
      { type: "text", text: "b" },
      use("b", "Read"),
    ];
    const lines = content.map((_, i) => calling("m", content.slice(0, i + 1), { uuid: `u${i}` }));
    expect(places(...lines)).toEqual([
      ["a", 2],
      ["b", 4],
    ]);
  });

  test("a repeated block is the same call, with its fullest input and first time", () => {
    const grown = calling("m", [use("a", "Bash", { command: "ls -l" })], { timestamp: at(2) });
    const lines = [calling("m", [use("a", "Bash")], { timestamp: at(1) }), grown];
    const expected = { input: '{"command":"ls -l"}', createdAt: T0 + 1000 };
    expect(told(...lines).toolCalls).toMatchObject([expected]);
    const emptied = calling("m", [use("a", "Bash")], { timestamp: at(3) });
    expect(told(...lines, emptied).toolCalls).toMatchObject([expected]);
  });
});

describe("the file that a call touched is absolute", () => {
  test.each([
    [{ file_path: "/w/a.ts" }, "/x", "/w/a.ts"],
    [{ file_path: "src/../a.ts" }, "/w", "/w/a.ts"],
    [{ notebook_path: "n.ipynb" }, "/w", "/w/n.ipynb"],
    [{ path: "." }, "/w/", "/w"],
    [{ file_path: "C:\\w\\a.ts" }, "/w", "C:\\w\\a.ts"],
    [{ file_path: "a.ts" }, "C:\\w", "C:\\w\\a.ts"],
    [{ file_path: "a.ts" }, undefined, undefined],
    [{ command: "ls" }, "/w", undefined],
    [{ file_path: 7 }, "/w", undefined],
  ])("%j in %s", (input, cwd, path) => {
    expect(call(calling("m", [use("t", "Read", input)], { cwd }))?.filePath).toBe(path);
  });
});

describe("facts beside the output", () => {
  const facts = (toolUseResult: Json, line: Json = {}, content: unknown = "x") =>
    data(result("t", content, {}, { toolUseResult, ...line }));

  test("a change as a diff, never the file", () => {
    const edited = {
      filePath: "/w/a",
      oldString: "b",
      newString: "c",
      originalFile: "a\nb\n",
      structuredPatch: [
        { oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [" a", "-b", "+c"] },
      ],
    };
    expect(facts(edited)).toEqual({ diff: "--- /w/a\n+++ /w/a\n@@ -1,2 +1,2 @@\n a\n-b\n+c" });
    expect(facts({ type: "create", content: "secret", structuredPatch: [] })).toEqual({
      change: "create",
    });
  });

  test("of a long diff the beginning", () => {
    const lines = Array.from({ length: 2_000 }, () => `+${"x".repeat(98)}`);
    const { diff, diffIsCut } = facts({ structuredPatch: [{ lines }] });
    expect(diffIsCut).toBe(true);
    expect(diff.length).toBeGreaterThan(65_000);
    expect(diff.length).toBeLessThan(65_700);
  });

  test.each<[string, Json, Json]>([
    [
      "a shell's",
      { stdout: "no", backgroundTaskId: "b1", returnCodeInterpretation: "No matches found" },
      { returnCodeInterpretation: "No matches found", backgroundTaskId: "b1" },
    ],
    [
      "a search's",
      { filenames: ["/a", "/b"], numFiles: 2, truncated: false },
      { numFiles: 2, files: ["/a", "/b"] },
    ],
    [
      "a page's",
      { url: "https://x", code: 200, bytes: 9 },
      { url: "https://x", code: 200, bytes: 9 },
    ],
    [
      "a sub-agent's",
      { agentId: "a", status: "completed", totalTokens: 5, totalToolUseCount: 1, prompt: "long" },
      { agentStatus: "completed", totalTokens: 5, totalToolUseCount: 1 },
    ],
    ["none", { file: { content: "the file" }, stdout: "out" }, null as unknown as Json],
  ])("%s", (_what, told, expected) => {
    expect(facts(told)).toEqual(expected);
  });

  test("who decided, where no setting allowed it", () => {
    const decided = (permissionDecision: Json) => facts({}, { permissionDecision });
    expect(decided({ decision: "accept", source: "config" })).toBeNull();
    expect(decided({ decision: "accept", source: "user_temporary" })).toEqual({
      permission: { decision: "accept", source: "user_temporary" },
    });
  });

  test("of several results in one line nothing says whose they are", () => {
    const two = ["a", "b"].map((id) => ({ type: "tool_result", tool_use_id: id, content: id }));
    const calls = told(
      prompt(two, { toolUseResult: { agentId: "x", interrupted: true } }),
    ).toolCalls;
    expect(calls).toMatchObject([
      { id: "a", output: "a", status: "success" },
      { id: "b", output: "b", status: "success" },
    ]);
    for (const one of calls) expect(one).not.toHaveProperty("childAgentId");
  });
});

describe("the sub-agent that a call started", () => {
  test("as its result tells", () => {
    const end = result("t", "done", {}, { toolUseResult: { agentId: "a1" } });
    expect(call(calling("m", [use("t", "Task")]), end)).toMatchObject({ childAgentId: "a1" });
  });

  test("as progress lines told, up to 2.1", () => {
    const progress = {
      type: "progress",
      sessionId: "s",
      parentToolUseID: "t",
      data: { type: "agent_progress", agentId: "a1", message: {} },
    };
    const lines = [calling("m", [use("t", "Task")]), progress, progress];
    expect(call(...lines)).toMatchObject({ childAgentId: "a1", status: "running" });
    expect(call({ ...progress, data: { type: "hook_progress" } })).toBeUndefined();
  });

  test("as its own .meta.json tells; the call may be another sub-agent's", () => {
    const owner = { sessionId: "s", agentId: "a2", agentType: "Explore", toolUseId: "t9" };
    const transcript = new Transcript(owner);
    const line = prompt("work", { isSidechain: true, agentId: "a2", timestamp: at(1) });
    transcript.add({ offset: 0, text: JSON.stringify(line) }, 9);
    expect(new Rows().add(transcript.take()).told().toolCalls).toEqual([
      { id: "t9", sessionId: "s", source: "claude-code", childAgentId: "a2" },
    ]);
  });

  test("its own calls are marked as its messages are", () => {
    const transcript = new Transcript({ sessionId: "s", agentId: "a2", agentType: null });
    const line = calling("m", [use("t", "Bash")], { isSidechain: true, agentId: "a2" });
    transcript.add({ offset: 0, text: JSON.stringify(line) }, 9);
    const { toolCalls, messages } = new Rows().add(transcript.take()).told();
    for (const row of [toolCalls[0], messages[0]]) {
      expect(row).toMatchObject({ agentId: "a2", isSidechain: true });
    }
  });
});

describe("calls that the API runs itself end in the answer", () => {
  const search = { ...use("s", "web_search", { query: "q" }), type: "server_tool_use" };
  const found = (content: unknown) => ({
    type: "web_search_tool_result",
    tool_use_id: "s",
    content,
  });

  test("with what was found", () => {
    const page = {
      type: "web_search_result",
      title: "T",
      url: "https://x",
      encrypted_content: "…",
    };
    expect(call(calling("m", [search, found([page])]))).toMatchObject({
      status: "success",
      data: '{"pages":[{"title":"T","url":"https://x"}]}',
    });
  });

  test("or an error", () => {
    const error = { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" };
    expect(call(calling("m", [search, found(error)]))).toMatchObject({
      status: "error",
      error: "max_uses_exceeded",
    });
  });
});
