import { describe, expect, test } from "vitest";
import { Transcript } from "../../src/translate/transcript.ts";
import { answer, at, type Json, prompt, T0, told } from "./lines.ts";
import { type Row, Rows } from "./rows.ts";

const events = (...lines: Json[]) => told(...lines).events;
const system = (subtype: string, more: Json) => ({
  type: "system",
  subtype,
  sessionId: "s",
  uuid: "e",
  timestamp: at(1),
  ...more,
});
const attached = (attachment: Json) => ({
  type: "attachment",
  sessionId: "s",
  uuid: "e",
  timestamp: at(1),
  attachment,
});
/** `data` as what it says. */
const read = (...lines: Json[]) =>
  events(...lines).map((event): Row & { data: Json } => ({
    ...event,
    data: JSON.parse(String(event.data ?? "{}")),
  }));

describe("what went wrong", () => {
  test("an answer that is an error", () => {
    const failed = answer("a", "API Error: 529", {
      line: { uuid: "e", isApiErrorMessage: true, apiErrorStatus: 529, error: "overloaded" },
      message: { model: "<synthetic>", id: "random" },
    });
    expect(read(failed)).toMatchObject([
      { id: "e", kind: "error", messageId: "e", text: "API Error: 529", data: { status: 529 } },
    ]);
  });

  test.each<[string, Json, string]>([
    ["today's", { error: { status: 500, formatted: "500 down", message: "{}" } }, "500 down"],
    ["an older one's", { error: { status: 500, error: { error: { message: "down" } } } }, "down"],
    ["without an answer", { error: {}, cause: { code: "ECONNRESET" } }, "ECONNRESET"],
  ])("a try that was made again, %s", (_what, told, text) => {
    const retry = system("api_error", { ...told, retryAttempt: 2, maxRetries: 10, retryInMs: 500 });
    const expected = { attempt: 2, maxAttempts: 10, delayMs: 500 };
    expect(read(retry)).toMatchObject([
      { id: "e", kind: "retry", text, createdAt: T0 + 1000, data: expected },
    ]);
  });

  test("an interruption, with the message that it cut off", () => {
    const text = "[Request interrupted by user]";
    const line = prompt([{ type: "text", text }], { uuid: "e", interruptedMessageId: "m" });
    expect(events(line)).toMatchObject([{ id: "e", kind: "interrupt", messageId: "m", text }]);
  });
});

describe("a compaction", () => {
  const boundary = system("compact_boundary", {
    compactMetadata: { trigger: "auto", preTokens: 9, postTokens: 2, preservedSegment: {} },
  });
  const summary = prompt("Summed up.", { isCompactSummary: true, uuid: "f", timestamp: at(0) });

  test("and its summary are one event", () => {
    expect(read(boundary, { ...summary, parentUuid: "e" })).toEqual([
      {
        id: "e",
        sessionId: "s",
        source: "claude-code",
        kind: "compaction",
        text: "Summed up.",
        data: { trigger: "auto", tokensBefore: 9, tokensAfter: 2 },
        createdAt: T0 + 1000,
        updatedAt: T0 + 1000,
      },
    ]);
  });

  test("made by itself has attachments between it and its summary", () => {
    const between = (uuid: string, parentUuid: string) => ({
      type: "attachment",
      attachment: { type: "date", content: "today" },
      sessionId: "s",
      uuid,
      parentUuid,
      timestamp: at(2),
    });
    const lines = [boundary, between("x", "e"), between("y", "x"), { ...summary, parentUuid: "y" }];
    expect(events(...lines)).toMatchObject([
      { id: "e", kind: "compaction", text: "Summed up.", createdAt: T0 + 1000 },
    ]);
    const next = { ...boundary, uuid: "z", timestamp: at(3) };
    expect(events(...lines, next, { ...summary, uuid: "s2", parentUuid: "z" })).toHaveLength(2);
  });

  test("up to 1.x a summary alone told of it", () => {
    expect(events(summary)).toMatchObject([{ id: "f", kind: "compaction", createdAt: T0 }]);
    expect(events(boundary, { ...summary, parentUuid: "other" })).toHaveLength(2);
  });

  test("of old tools' results only", () => {
    const line = system("microcompact_boundary", {
      microcompactMetadata: { trigger: "auto", preTokens: 9, tokensSaved: 3 },
    });
    expect(read(line)).toMatchObject([{ data: { what: "tool results", tokensSaved: 3 } }]);
  });
});

describe("what changed since the lines before", () => {
  const mode = (permissionMode: string) => ({
    type: "permission-mode",
    sessionId: "s",
    permissionMode,
  });
  const title = (customTitle: string) => ({ type: "custom-title", sessionId: "s", customTitle });

  test("the permission mode, told again and again", () => {
    const lines = [
      prompt("x", { uuid: "1", timestamp: at(1), permissionMode: "default" }),
      mode("plan"),
      mode("plan"),
      prompt("y", { uuid: "2", timestamp: at(2), permissionMode: "plan" }),
      mode("default"),
    ];
    expect(
      read(...lines)
        .map(({ data, createdAt }) => [data.mode, createdAt])
        .sort(),
    ).toEqual([
      ["default", T0 + 2000],
      ["plan", T0 + 1000],
    ]);
  });

  test("the title, by whom, back and forth", () => {
    const first = prompt("x", { uuid: "1", timestamp: at(1) });
    const later = prompt("y", { uuid: "2", timestamp: at(2) });
    const lines = [first, title("A"), title("A"), title("B"), later, title("A")];
    const told = read(...lines).map(({ kind, text, data }) => [kind, text, data.by]);
    expect(told.sort()).toEqual([
      ["rename", "A", "user"],
      ["rename", "A", "user"],
      ["rename", "B", "user"],
    ]);
    const generated = { type: "ai-title", sessionId: "s", aiTitle: "G" };
    expect(read(first, generated)).toMatchObject([{ text: "G", data: { by: "agent" } }]);
  });

  test("a repeat of the same lines is the same row", () => {
    const lines = [prompt("x", { uuid: "1", timestamp: at(1) }), title("A")];
    const [once] = events(...lines);
    expect(events(...lines)).toEqual([once]);
    expect(once?.id).toMatch(/^rename-[0-9a-f]{16}$/);
  });

  test("the directory, in one conversation", () => {
    const line = (uuid: string, cwd: string, more: Json = {}) =>
      prompt(uuid, { uuid, cwd, ...more });
    const lines = [
      line("1", "/a"),
      line("2", "/b"),
      line("3", "/c", { isSidechain: true }),
      line("4", "/c", { sessionId: "other" }),
      line("5", "/b"),
    ];
    expect(read(...lines)).toMatchObject([
      { id: "cwd-2", kind: "cwd", sessionId: "s", data: { from: "/a", to: "/b" } },
    ]);
  });

  test("the model, by a refusal or by hand", () => {
    const refused = system("model_refusal_fallback", {
      originalModel: "a",
      fallbackModel: "b",
      apiRefusalCategory: "cyber",
    });
    expect(read(refused)).toMatchObject([{ kind: "model", data: { from: "a", to: "b" } }]);
    const set =
      "<local-command-stdout>Set model to \u001b[1mopus (claude-opus-5)\u001b[22m</local-command-stdout>";
    for (const line of [prompt(set), system("local_command", { content: set })]) {
      expect(read(line)).toMatchObject([
        {
          kind: "model",
          text: "Set model to opus (claude-opus-5)",
          data: { to: "opus (claude-opus-5)" },
        },
      ]);
    }
  });

  test("a fork: its copies, their origin, and where it begins", () => {
    const copy = (messageUuid: string) => ({ forkedFrom: { sessionId: "o", messageUuid } });
    const { sessions, messages, events } = told(
      prompt("hi", { uuid: "1", timestamp: at(1), ...copy("1") }),
      answer("a", "hello", { line: { uuid: "2", timestamp: at(2), ...copy("2") } }),
      title("A"),
      prompt("on", { uuid: "3", timestamp: at(9) }),
      prompt("and on", { uuid: "4", timestamp: at(10) }),
    );
    expect(sessions).toMatchObject([{ forkedFromId: "o" }]);
    expect(messages.map(({ id, copiedFromId }) => [id, copiedFromId])).toEqual([
      ["1", "1"],
      ["3", undefined],
      ["4", undefined],
      ["a", "a"],
    ]);
    expect(events.filter(({ kind }) => kind === "fork")).toMatchObject([
      { data: '{"from":"o","upTo":"2"}', createdAt: T0 + 9000 },
    ]);
  });
});

describe("what was written in the user's name", () => {
  const notice =
    "<task-notification>\n<task-id>b</task-id>\n<tool-use-id>t</tool-use-id>\n<status>completed</status>\n</task-notification>";

  test.each<[string, Json, string]>([
    ["note", prompt("Base directory for this skill: /x", { isMeta: true }), "a skill's text"],
    ["reminder", prompt("<system-reminder>x</system-reminder>"), "a reminder"],
    ["hook", prompt("Stop hook feedback:\nlint", { isMeta: true }), "a hook's answer"],
    ["shell", prompt("<bash-input>ls</bash-input>"), "a shell command"],
    [
      "shell output",
      prompt("<bash-stdout>a</bash-stdout><bash-stderr></bash-stderr>"),
      "its output",
    ],
    ["command", prompt("<command-name>/clear</command-name>"), "a command"],
    ["command output", prompt("<local-command-stdout>x</local-command-stdout>"), "its output"],
    ["hook", attached({ type: "hook_additional_context", content: ["a", "b"] }), "a hook's words"],
    [
      "hook",
      attached({ type: "hook_blocking_error", blockingError: { blockingError: "no" } }),
      "a hook's no",
    ],
    ["queued", attached({ type: "queued_command", prompt: "x", commandMode: "other" }), "queued"],
  ])("%s: %j", (what, line, _name) => {
    expect(read(line)).toMatchObject([{ kind: "injected", data: { what } }]);
    expect(told(line).messages).toEqual([]);
  });

  test("a task's notification belongs to the call that began it", () => {
    expect(
      read(prompt(notice, { uuid: "e", origin: { kind: "task-notification" } })),
    ).toMatchObject([
      {
        id: "e",
        toolCallId: "t",
        text: notice,
        data: { what: "task", taskId: "b", status: "completed" },
      },
    ]);
  });

  test.each<[string, Json]>([
    ["a caveat", prompt("<local-command-caveat>x</local-command-caveat>", { isMeta: true })],
    [
      "an old caveat",
      prompt("Caveat: The messages below were generated by the user", { isMeta: true }),
    ],
    ["no output", prompt("<local-command-stdout></local-command-stdout>")],
    [
      "the system prompt",
      attached({ type: "prompt_snapshot", systemPrompt: ["You are"], tools: [] }),
    ],
    ["a list of skills", attached({ type: "skill_listing", content: "x" })],
    ["a hook that said nothing", attached({ type: "hook_success", content: "" })],
    ["the turn's length", system("turn_duration", { durationMs: 5 })],
  ])("%s is nothing", (_what, line) => {
    expect(events(line)).toEqual([]);
  });

  test("of a book its beginning", () => {
    const [event] = read(prompt(`é${"x".repeat(100_000)}`, { isMeta: true }));
    expect(event?.text).toHaveLength(65_536);
    expect(event?.data).toEqual({ what: "note", bytes: 100_002 });
  });
});

describe("a person's words in a tool's result", () => {
  const refused = (text: string, more: Json = {}) =>
    prompt([{ type: "tool_result", tool_use_id: "t", is_error: true, content: text }], {
      uuid: "e",
      ...more,
    });
  const why =
    "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\n";

  test.each([
    [`${why}use oak boards instead`, "use oak boards instead"],
    [`${why}oak\n\npine`, "oak\n\npine"],
    [`${why}oak\n\nNote: The user's next message may contain a correction or preference.`, "oak"],
  ])("when refusing it: %j", (text, words) => {
    expect(told(refused(text))).toMatchObject({
      messages: [],
      toolCalls: [{ id: "t", status: "denied" }],
      events: [{ id: "e", kind: "reply", toolCallId: "t", text: words }],
    });
  });

  test("no words, no reply; and a file that says so is none", () => {
    expect(events(refused("The user doesn't want to proceed with this tool use."))).toEqual([]);
    expect(events(refused(`cat: ${why}x`))).toEqual([]);
  });

  test("when answering questions", () => {
    const line = prompt([{ type: "tool_result", tool_use_id: "t", content: "answered" }], {
      uuid: "e",
      toolUseResult: { questions: [], answers: { "Which oil?": "tung oil", "Coats?": "two" } },
    });
    expect(read(line)).toMatchObject([
      {
        id: "e",
        kind: "reply",
        text: "tung oil\n\ntwo",
        data: { what: "answers", answers: { "Coats?": "two" } },
      },
    ]);
  });
});

test("the advisor's tokens are an event of the message, which keeps its own", () => {
  const iterations = [
    { type: "message", input_tokens: 1, output_tokens: 45 },
    { type: "advisor_message", model: "b", input_tokens: 15000, output_tokens: 780 },
  ];
  const usage = { input_tokens: 2, output_tokens: 491, iterations };
  const line = answer("a", "x", { line: { timestamp: at(1) }, message: { usage } });
  expect(told(line).messages).toMatchObject([{ promptTokens: 2, completionTokens: 491 }]);
  expect(read(line, line)).toEqual([
    {
      id: "a-advisor-1",
      sessionId: "s",
      source: "claude-code",
      kind: "other",
      messageId: "a",
      createdAt: T0 + 1000,
      updatedAt: T0 + 1000,
      data: {
        what: "advisor",
        model: "b",
        promptTokens: 15000,
        completionTokens: 780,
      },
    },
  ]);
});

test("a sub-agent's events say whose they are", () => {
  const transcript = new Transcript({ sessionId: "s", agentId: "a1", agentType: null });
  const line = system("api_error", { isSidechain: true, agentId: "a1", retryAttempt: 1 });
  transcript.add({ offset: 0, text: JSON.stringify(line) }, 9);
  expect(new Rows().add(transcript.take()).told().events).toMatchObject([
    { data: '{"attempt":1,"agentId":"a1"}' },
  ]);
});
