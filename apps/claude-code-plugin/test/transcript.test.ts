import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cursor } from "../src/translate/transcript.ts";
import { Transcript } from "../src/translate/transcript.ts";
import { Rows } from "./rows.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 300);
const OWNER = { sessionId: "s", agentId: null, agentType: null };
const T0 = Date.parse("2026-11-22T11:00:00Z");
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

type Json = Record<string, unknown>;

/** One line of an assistant message. */
function answer(
  id: string,
  text: string | null,
  extra: { line?: Json; message?: Json } = {},
): Json {
  return {
    type: "assistant",
    sessionId: "s",
    uuid: `${id}-${text ?? "tool"}`,
    message: {
      id,
      model: "m",
      stop_reason: "end_turn",
      content: text === null ? [{ type: "tool_use", id: "t" }] : [{ type: "text", text }],
      usage: { input_tokens: 5, output_tokens: 7 },
      ...extra.message,
    },
    ...extra.line,
  };
}

function prompt(text: unknown, extra: Json = {}): Json {
  return { type: "user", sessionId: "s", uuid: "u", message: { content: text }, ...extra };
}

interface Reading {
  rows: Rows;
  broken: string[];
  transcript: Transcript;
}

/** Reads lines; after each of which `stop` says so, hands out, and goes on from the cursor. */
function read(lines: (Json | string)[], stop: (line: number) => boolean = () => false): Reading {
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  const ends: number[] = [];
  for (const text of texts) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(text) + 1);
  const begin = (index: number) => ends[index - 1] ?? 0;
  const rows = new Rows();
  const broken: string[] = [];
  let transcript = new Transcript(OWNER);
  for (let i = 0; i < texts.length; i++) {
    const reason = transcript.add({ offset: begin(i), text: texts[i] ?? "" }, ends[i] ?? 0);
    if (reason) broken.push(reason);
    if (!stop(i)) continue;
    rows.add(transcript.take());
    const cursor = JSON.parse(JSON.stringify(transcript.cursor())) as Cursor;
    transcript = new Transcript(OWNER, cursor);
    // What lies between the cursor and here is read again, as a new process does it.
    for (let k = 0; k <= i; k++) {
      if (begin(k) < cursor.offset) continue;
      transcript.add({ offset: begin(k), text: texts[k] ?? "" }, ends[k] ?? 0);
    }
  }
  rows.add(transcript.take());
  return { rows, broken, transcript };
}

const told = (...lines: (Json | string)[]) => read(lines).rows.told();
const message = (...lines: (Json | string)[]) => told(...lines).messages[0];
const session = (...lines: (Json | string)[]) => told(...lines).sessions[0];

describe("an assistant message is one row, whoever wrote its lines how often", () => {
  test.each<[string, Json[], Json]>([
    [
      "blocks in order, a tool's result between them",
      [
        answer("a", "one"),
        prompt([{ type: "tool_result", content: "x" }]),
        answer("a", null),
        answer("a", "two"),
      ],
      { textContent: "one\n\ntwo", promptTokens: 5, completionTokens: 7 },
    ],
    ["the same line twice", [answer("a", "one"), answer("a", "one")], { textContent: "one" }],
    [
      "a text that grows",
      [
        answer("a", "on", { message: { stop_reason: null } }),
        answer("a", "one", { line: { uuid: "x" } }),
      ],
      { textContent: "one", finishReason: "end_turn" },
    ],
    [
      "whole content repeated with more blocks",
      [
        answer("a", "one", { line: { uuid: "x" } }),
        answer("a", "", {
          line: { uuid: "y" },
          message: {
            content: [
              { type: "text", text: "one" },
              { type: "thinking", thinking: "hm" },
              { type: "text", text: "two" },
            ],
          },
        }),
      ],
      { textContent: "one\n\ntwo" },
    ],
    [
      "equal texts in two blocks with their places told",
      [
        answer("a", "same", { line: { uuid: "x", apiBlockIndex: 0 } }),
        answer("a", "same", { line: { uuid: "y", apiBlockIndex: 1 } }),
      ],
      { textContent: "same\n\nsame" },
    ],
    [
      "growing, null and missing usage: the fullest counts once",
      [
        answer("a", "1", { message: { usage: { input_tokens: 5, output_tokens: 1 } } }),
        answer("a", "2", { message: { usage: { input_tokens: 5, output_tokens: 90 } } }),
        answer("a", "3", { message: { usage: null } }),
        answer("a", "4", { message: { usage: undefined } }),
      ],
      { promptTokens: 5, completionTokens: 90 },
    ],
    [
      "cache and thinking tokens have columns of their own",
      [
        answer("a", "1", {
          message: {
            usage: {
              input_tokens: 1,
              output_tokens: 2,
              cache_read_input_tokens: 3,
              cache_creation_input_tokens: 4,
              output_tokens_details: { thinking_tokens: 5 },
            },
          },
        }),
      ],
      {
        promptTokens: 1,
        completionTokens: 2,
        cacheReadTokens: 3,
        cacheWriteTokens: 4,
        reasoningTokens: 5,
      },
    ],
    [
      "completed at its last line",
      [
        answer("a", "1", { line: { timestamp: at(1) } }),
        answer("a", "2", { line: { timestamp: at(3) } }),
      ],
      { createdAt: T0 + 1000, completedAt: T0 + 3000, updatedAt: T0 + 3000 },
    ],
  ])("%s", (_what, lines, expected) => {
    const { messages } = told(...lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ id: "a", role: "assistant", ...expected });
  });

  test("without a message.id it is known by its line", () => {
    expect(message(answer("", "x", { line: { uuid: "u1" } }))).toMatchObject({ id: "u1" });
  });

  test("cut off in mid-stream it has no finish and was not completed", () => {
    const line = answer("a", "par", {
      line: { isAbortedMidStream: true, timestamp: at(1) },
      message: { stop_reason: null },
    });
    const { messages, sessions } = told(line);
    expect(messages[0]).toMatchObject({ textContent: "par", createdAt: T0 + 1000 });
    expect(messages[0]).not.toHaveProperty("finishReason");
    expect(messages[0]).not.toHaveProperty("completedAt");
    expect(sessions[0]).toMatchObject({ status: "idle" });
  });

  test("nobody said the filler, and an error is text that no model said", () => {
    const synthetic = { message: { model: "<synthetic>", id: "random" } };
    expect(told(answer("a", "No response requested.", synthetic)).messages).toEqual([]);
    const failed = answer("a", "API Error: 500", {
      ...synthetic,
      line: { uuid: "e", isApiErrorMessage: true },
    });
    const [row] = told(failed).messages;
    expect(row).toMatchObject({ id: "e", error: "API Error: 500", textContent: "API Error: 500" });
    expect(row).not.toHaveProperty("model");
  });

  test("took as long as since its request", () => {
    const request = { type: "api-request", sessionId: "s", id: "r", timestamp: at(1) };
    const line = { requestRef: "r", timestamp: at(4) };
    expect(message(request, answer("a", "x", { line }))).toMatchObject({ durationMs: 3000 });
    const other = answer("a", "x", { line: { ...line, requestRef: "q" } });
    expect(message(request, other)).not.toHaveProperty("durationMs");
  });
});

describe("only a human's prompt is a user's message", () => {
  const command = (first: string, args: string) =>
    first === "message"
      ? `<command-message>hi</command-message>\n<command-name>/hi</command-name>\n<command-args>${args}</command-args>`
      : `<command-name>/hi</command-name>\n            <command-message>hi</command-message>\n            <command-args>${args}</command-args>`;
  const queued = (attachment: Json) => ({
    type: "attachment",
    uuid: "q",
    attachment: { type: "queued_command", ...attachment },
  });

  test.each<[string, Json, string | null]>([
    ["a text", prompt("hello"), "hello"],
    [
      "text blocks",
      prompt([
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ]),
      "a\n\nb",
    ],
    ["typed", prompt("hello", { promptSource: "typed", origin: { kind: "human" } }), "hello"],
    ["quoting a tag", prompt("<bash-input>what?", { promptSource: "typed" }), "<bash-input>what?"],
    ["a custom command", prompt(command("message", "Bob")), "/hi Bob"],
    ["a custom command without arguments", prompt(command("message", "")), "/hi"],
    [
      "with a reminder beside it",
      prompt([
        { type: "text", text: "<system-reminder>x</system-reminder>" },
        { type: "text", text: "hello" },
      ]),
      "hello",
    ],
    [
      "queued",
      queued({ prompt: "later", origin: { kind: "human" }, commandMode: "prompt" }),
      "later",
    ],
    ["queued, older", queued({ prompt: [{ type: "text", text: "later" }] }), "later"],
  ])("%s", (_what, line, text) => {
    expect(told(line).messages).toMatchObject([{ role: "user", textContent: text }]);
  });

  test("an image alone is a prompt without text", () => {
    const [row, ...more] = told(prompt([{ type: "image" }])).messages;
    expect(row).toMatchObject({ role: "user" });
    expect(row).not.toHaveProperty("textContent");
    expect(more).toEqual([]);
  });

  test.each<[string, Json]>([
    ["meta", prompt("x", { isMeta: true })],
    ["a compaction's summary", prompt("x", { isCompactSummary: true })],
    ["a tool's result", prompt([{ type: "tool_result", content: "x" }])],
    ["a local command", prompt(command("name", "x"))],
    ["a local command's output", prompt("<local-command-stdout>x</local-command-stdout>")],
    ["a caveat", prompt("<local-command-caveat>x")],
    ["a shell command", prompt("<bash-input>ls</bash-input>")],
    ["a shell command's output", prompt("<bash-stdout>x</bash-stdout>")],
    ["a notification", prompt("<task-notification>x")],
    ["told to be injected", prompt("x", { promptSource: "system" })],
    ["told to be a notification", prompt("x", { origin: { kind: "task-notification" } })],
    ["an interruption", prompt([{ type: "text", text: "[Request interrupted by user]" }])],
    ["a queued notification", queued({ prompt: "x", origin: { kind: "task-notification" } })],
    ["a queued command of another mode", queued({ prompt: "x", commandMode: "task-notification" })],
    ["another attachment", { type: "attachment", uuid: "q", attachment: { type: "file" } }],
  ])("not %s", (_what, line) => {
    expect(read([line]).broken).toEqual([]);
    expect(told(line).messages).toEqual([]);
  });
});

describe("the session", () => {
  const title = (type: string, field: string, text: string) => ({ type, [field]: text });
  const custom = title("custom-title", "customTitle", "given");
  const ai = title("ai-title", "aiTitle", "generated");
  const summary = title("summary", "summary", "summed up");

  test.each<[string, Json[], string, string]>([
    ["the first prompt, on one line", [prompt("do\n  this"), prompt("that")], "do this", "prompt"],
    ["generated", [ai, prompt("x")], "generated", "generated"],
    ["generated rather than summed up", [ai, summary, prompt("x")], "generated", "generated"],
    ["summed up", [prompt("x"), summary], "summed up", "generated"],
    [
      "summed up to one of its own lines",
      [prompt("x", { uuid: "own" }), prompt("y"), { ...summary, leafUuid: "own" }],
      "summed up",
      "generated",
    ],
    [
      "not what another conversation was summed up to",
      [{ ...summary, leafUuid: "foreign" }, prompt("x", { uuid: "own" })],
      "x",
      "prompt",
    ],
    [
      "not what another conversation was summed up to, in mid-session",
      [prompt("x", { uuid: "own" }), { ...summary, leafUuid: "foreign" }],
      "x",
      "prompt",
    ],
    ["given, whatever comes later", [custom, ai, prompt("x")], "given", "user"],
    [
      "the last one given",
      [custom, title("custom-title", "customTitle", "again"), prompt("x")],
      "again",
      "user",
    ],
    [
      "never an empty one",
      [custom, title("custom-title", "customTitle", " "), prompt("x")],
      "given",
      "user",
    ],
  ])("M4: its title is %s", (_what, lines, text, kind) => {
    expect(session(...lines)).toMatchObject({ title: text, titleKind: kind });
  });

  test("a title is at most 200 characters and never half of one", () => {
    expect(session(prompt("x".repeat(300)))?.title).toBe("x".repeat(200));
    expect(session(prompt(`${"x".repeat(199)}😀`))?.title).toBe("x".repeat(199));
  });

  test("M4: what Claude Code itself counted; the last, larger one stays", () => {
    const cost = (usd: number, tokens: number) => ({
      type: "cost-state",
      sessionId: "s",
      totalCostUSD: usd,
      modelUsage: { a: { inputTokens: tokens, outputTokens: 1 }, b: { inputTokens: 1 } },
    });
    expect(session(prompt("x"), cost(1, 10), cost(2, 20))).toMatchObject({
      cost: 2,
      promptTokens: 21,
      completionTokens: 1,
    });
  });

  test("begins where its first line was written, whatever is done later", () => {
    const lines = [
      prompt("x", { cwd: "/w/app", gitBranch: "main", version: "1", timestamp: at(5) }),
      prompt("y", {
        cwd: "/w/app/sub",
        gitBranch: "fix",
        version: "2",
        timestamp: at(9),
        uuid: "v",
      }),
    ];
    expect(session(...lines)).toMatchObject({
      projectPath: "/w/app",
      projectName: "app",
      gitBranch: "fix",
      agentVersion: "2",
      createdAt: T0 + 5000,
      updatedAt: T0 + 9000,
    });
  });

  test("M7: lines of another session are that session's, whose row waits for its own transcript", () => {
    const { sessions, messages } = told(
      prompt("mine", { timestamp: at(1) }),
      prompt("theirs", { sessionId: "other", uuid: "o", timestamp: at(2) }),
    );
    expect(sessions).toMatchObject([
      { id: "other" },
      { id: "s", title: "mine", updatedAt: T0 + 1000 },
    ]);
    expect(messages).toMatchObject([{ sessionId: "other" }, { sessionId: "s" }]);
  });

  test("a file of a summary alone is no session", () => {
    expect(told(summary)).toEqual({ sessions: [], messages: [] });
  });
});

describe("a line that is broken costs itself only", () => {
  test.each<[string, Json | string, string | null]>([
    ["no JSON", "{garbage", "not a JSON object"],
    ["no object", "[1]", "not a JSON object"],
    ["a user's without a message", { type: "user", uuid: "x" }, "user: no message.content"],
    ["a user's with a number for content", prompt(7), "user: no message.content"],
    ["a prompt without uuid", { ...prompt("x"), uuid: undefined }, "user: no uuid"],
    ["an answer without a message", { type: "assistant", uuid: "x" }, "assistant: no message"],
    [
      "an answer without content",
      { type: "assistant", message: { id: "a" } },
      "assistant: no content",
    ],
    [
      "an answer without any id",
      { type: "assistant", message: { content: [] } },
      "assistant: no id",
    ],
    ["a title without text", { type: "ai-title" }, "ai title: no text"],
    ["a count without models", { type: "cost-state" }, "cost-state: no modelUsage"],
    ["an unknown type", { type: "brand-new", message: 7 }, null],
    ["an empty line", "", null],
  ])("%s", (_what, line, reason) => {
    const { broken, rows } = read([prompt("before", { uuid: "b" }), line, answer("a", "after")]);
    expect(broken).toEqual(reason === null ? [] : [reason]);
    expect(rows.told().messages).toMatchObject([{ id: "a" }, { id: "b" }]);
  });

  test("half a line with a whole one behind it costs the half", () => {
    const torn = `{"parentUuid":null,"message":{"content":"los${JSON.stringify(prompt("kept"))}`;
    const { broken, rows } = read([torn]);
    expect(broken).toEqual(["a half-written line before a whole one"]);
    expect(rows.told().messages).toMatchObject([{ textContent: "kept" }]);
  });

  test("times, ids and counts that can't be are as if absent", () => {
    const usage = { input_tokens: -1, output_tokens: 1e300 };
    const line = answer("a".repeat(600), "x", {
      line: { uuid: "u1", timestamp: "9999-01-01T00:00:00Z" },
      message: { usage },
    });
    expect(message(line)).toEqual({
      id: "u1",
      sessionId: "s",
      source: "claude-code",
      sourceInferred: false,
      role: "assistant",
      textContent: "x",
      model: "m",
      provider: "anthropic",
      finishReason: "end_turn",
    });
  });

  test("NUL and half a character can be stored", () => {
    expect(message(prompt("a\0b\ud800"))).toMatchObject({ textContent: "a\ufffdb\ufffd" });
  });
});

describe("M6: an answer whose lines tell no time has that of its Stop hook's note", () => {
  const lines = [
    prompt("one", { promptId: "p1", uuid: "u1", timestamp: at(1) }),
    answer("a", "first"),
    prompt("two", { promptId: "p2", uuid: "u2", timestamp: at(3) }),
    answer("b", "second"),
  ];
  const stop = (promptId: string | null, lastText: string | null, seconds: number) => ({
    promptId,
    lastText,
    at: T0 + seconds * 1000,
  });

  function created(
    lines: Json[],
    before: ReturnType<typeof stop>[],
    after: ReturnType<typeof stop>[],
  ): unknown[] {
    const transcript = new Transcript(OWNER);
    const rows = new Rows();
    for (const one of before) transcript.stop(one);
    lines.forEach((line, i) => {
      transcript.add({ offset: i, text: JSON.stringify(line) }, i + 1);
    });
    rows.add(transcript.take());
    for (const one of after) transcript.stop(one);
    rows.add(transcript.take());
    const answers = rows.told().messages.filter(({ role }) => role === "assistant");
    return answers.map(({ createdAt }) => createdAt ?? null);
  }

  test("each turn its own, by the turn's id", () => {
    const stops = [stop("p1", null, 2), stop("p2", null, 4)];
    expect(created(lines, [], stops)).toEqual([T0 + 2000, T0 + 4000]);
  });

  test("also where the lines come after the note", () => {
    expect(created(lines, [stop("p1", null, 2)], [])).toEqual([T0 + 2000, null]);
  });

  test("by the last text where no turn is told", () => {
    const old = lines.map(({ promptId: _, ...line }) => line);
    const stops = [stop(null, "first", 2), stop(null, "second", 4)];
    expect(created(old, [], stops)).toEqual([T0 + 2000, T0 + 4000]);
    expect(created(old, [], [stop(null, null, 4)])).toEqual([T0 + 4000, T0 + 4000]);
  });

  test("never where a line tells the time", () => {
    const timed = [answer("a", "x", { line: { timestamp: at(7), promptId: "p1" } })];
    expect(created(timed, [], [stop("p1", null, 2)])).toEqual([T0 + 7000]);
  });

  test("a cursor keeps what still waits", () => {
    const transcript = new Transcript(OWNER);
    transcript.add({ offset: 0, text: JSON.stringify(answer("a", "x")) }, 1);
    transcript.take();
    const next = new Transcript(OWNER, transcript.cursor());
    next.stop(stop(null, null, 9));
    expect(next.take()).toMatchObject([{ data: { id: "a", createdAt: T0 + 9000 } }]);
  });

  test("a cursor keeps of a note's text what tells its message, and no more", () => {
    // Of its last 64 characters the first is a space.
    const text = `${"a".repeat(100_000)} ${"b".repeat(63)}`;
    const first = new Transcript(OWNER);
    for (let i = 0; i < 8; i += 1) first.stop(stop(null, text, i));
    first.take();
    expect(JSON.stringify(first.cursor()).length).toBeLessThan(5_000);
    const next = new Transcript(OWNER, first.cursor());
    next.add({ offset: 0, text: JSON.stringify(answer("a", text)) }, 1);
    expect(new Rows().add(next.take()).told().messages).toMatchObject([{ createdAt: T0 }]);
  });
});

describe("however it is stopped and continued, any transcript gives the same rows", () => {
  const time = fc.option(fc.integer({ min: 0, max: 60 }).map(at), { nil: undefined });
  const id = fc.integer({ min: 0, max: 45 }).map((n) => `m${n}`);
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({ id, text: fc.string({ maxLength: 3 }), timestamp: time, uuid: fc.uuid() })
        .map(({ id, text, ...line }) => answer(id, text, { line })),
    },
    fc
      .record({ text: fc.string({ maxLength: 5 }), timestamp: time, uuid: id })
      .map(({ text, uuid, ...line }) => prompt(text, { ...line, uuid: `p-${uuid}` })),
    fc.record({ type: fc.constant("custom-title"), customTitle: fc.string({ maxLength: 5 }) }),
    fc.record({
      type: fc.constant("ai-title"),
      aiTitle: fc.string({ maxLength: 5 }),
      timestamp: time,
    }),
    fc
      .record({ inputTokens: fc.nat(99), costUSD: fc.nat(9) })
      .map((m) => ({ type: "cost-state", modelUsage: { m }, totalCostUSD: m.costUSD })),
    fc.constant("{garbage"),
    fc.record({
      type: fc.constant("system"),
      gitBranch: fc.string({ maxLength: 2 }),
      timestamp: time,
    }),
  );

  test("clocks that go back, lines without a time, messages taken up again", () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 90, size: "max" }),
        fc.array(fc.nat({ max: 90 }), { maxLength: 6 }),
        (lines, stops) => {
          const whole = read(lines).rows.all();
          expect(read(lines, (i) => stops.includes(i)).rows.all()).toEqual(whole);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("after each single line", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40, size: "max" }), (lines) => {
        expect(read(lines, () => true).rows.all()).toEqual(read(lines).rows.all());
      }),
      { numRuns: RUNS / 3 },
    );
  });

  test("the cursor never passes the beginning of a message that may still grow", () => {
    const { transcript } = read([prompt("x"), answer("a", "one"), prompt("y", { uuid: "v" })]);
    const begin = Buffer.byteLength(JSON.stringify(prompt("x"))) + 1;
    expect(transcript.cursor().offset).toBe(begin);
  });
});
