import { describe, expect, test } from "vitest";
import { at, type Json, prompt, session, T0, told } from "./lines.ts";

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
    expect(told(summary)).toEqual({ sessions: [], messages: [], toolCalls: [], events: [] });
  });
});
