import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Transcript } from "../../src/translate/transcript.ts";
import { besideLines } from "./anyLine.ts";
import { answer, at, type Json, message, OWNER, prompt, read, T0, told } from "./lines.ts";
import { Rows } from "./rows.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 120);

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

  const lines = (maxLength: number) =>
    fc
      .array(
        fc.oneof(
          line.map((line) => [line]),
          besideLines,
        ),
        { maxLength, size: "max" },
      )
      .map((groups) => groups.flat());

  test("clocks that go back, lines without a time, messages taken up again", {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(lines(50), fc.array(fc.nat({ max: 90 }), { maxLength: 6 }), (lines, stops) => {
        const whole = read(lines).rows.all();
        expect(read(lines, (i) => stops.includes(i)).rows.all()).toEqual(whole);
      }),
      { numRuns: RUNS },
    );
  });

  test("after each single line", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(lines(25), (lines) => {
        expect(read(lines, () => true).rows.all()).toEqual(read(lines).rows.all());
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });

  test("the cursor never passes the beginning of a message that may still grow", () => {
    const { transcript } = read([prompt("x"), answer("a", "one"), prompt("y", { uuid: "v" })]);
    const begin = Buffer.byteLength(JSON.stringify(prompt("x"))) + 1;
    expect(transcript.cursor().offset).toBe(begin);
  });
});
