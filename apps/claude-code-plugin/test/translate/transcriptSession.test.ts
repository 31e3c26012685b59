import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, read, session, T0, told } from "./lines.ts";
import { Rows } from "./rows.ts";

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

  test("each that lines name has what its own lines tell, wherever they stand", () => {
    const of = (sessionId: string, cwd: string, gitBranch: string, n: number) => ({
      ...{ sessionId, cwd, gitBranch, version: `${n}`, uuid: `u${n}`, timestamp: at(n) },
    });
    const lines = [
      prompt("design", of("o", "/w/pond", "pond", 1)),
      answer("m1", "Oval.", { line: of("o", "/w/pond", "deep", 2), message: { model: "big" } }),
      { type: "custom-title", customTitle: "Pond", sessionId: "o" },
      prompt("feed", of("s", "/w/fish", "fish", 3)),
      prompt("lost", of("t", "/w/shed", "oil", 4)),
      answer("m2", "Fed.", { line: of("s", "/w/fish", "fish", 5) }),
    ];
    expect(told(...lines).sessions).toMatchObject([
      {
        ...{ id: "o", title: "Pond", titleKind: "user", projectName: "pond", gitBranch: "deep" },
        ...{ model: "big", agentVersion: "2", status: "idle" },
        ...{ createdAt: T0 + 1_000, updatedAt: T0 + 2_000 },
      },
      {
        ...{ id: "s", title: "feed", titleKind: "prompt", projectName: "fish", gitBranch: "fish" },
        ...{ model: "m", agentVersion: "5", status: "idle" },
        ...{ createdAt: T0 + 3_000, updatedAt: T0 + 5_000 },
      },
      {
        ...{ id: "t", title: "lost", projectName: "shed", agentVersion: "4", status: "active" },
        ...{ createdAt: T0 + 4_000, updatedAt: T0 + 4_000 },
      },
    ]);
    expect(told(...lines).events).toMatchObject([{ kind: "rename", sessionId: "o" }]);
  });

  test.each<[string, (n: number) => number]>([
    ["in order", (n) => n],
    ["the later one first", (n) => -n],
  ])("M4: in parts in several files, read %s, it has what was told when", (_what, order) => {
    const facts = (n: number, branch: string) => ({
      line: { timestamp: at(n), uuid: `u${n}`, gitBranch: branch, cwd: `/w/${branch}` },
    });
    const begun = [
      prompt("feed", facts(1, "zoo").line),
      answer("m2", "Fed.", { ...facts(2, "zoo"), message: { model: "small" } }),
      // It goes on here once more, without an answer.
      prompt("and?", facts(90, "zoo").line),
    ];
    const moved = [
      prompt("fly", facts(50, "aviary").line),
      answer("m3", "Flown.", { ...facts(51, "aviary"), message: { model: "big" } }),
    ];
    const rows = new Rows();
    const files = [begun, moved].map((lines, n) => ({ lines, n }));
    for (const { lines } of files.sort((a, b) => order(a.n) - order(b.n))) {
      read(lines, undefined, { rows });
    }
    expect(rows.told().sessions).toMatchObject([
      {
        ...{ title: "feed", projectName: "zoo", gitBranch: "zoo", model: "big", status: "active" },
        updatedAt: T0 + 90_000,
      },
    ]);
  });

  test("a summary is of the session that its line is of", () => {
    const lines = [
      prompt("theirs", { sessionId: "o", uuid: "theirs", timestamp: at(1) }),
      { ...summary, leafUuid: "theirs" },
      prompt("mine", { uuid: "mine", timestamp: at(2) }),
    ];
    expect(told(...lines).sessions).toMatchObject([
      { id: "o", title: "summed up" },
      { id: "s", title: "mine" },
    ]);
  });

  test("of very many in one file each has a row, and its own", () => {
    const lines = Array.from({ length: 200 }, (_, n) =>
      prompt(`p${n}`, { sessionId: `o${n}`, uuid: `u${n}`, timestamp: at(n) }),
    );
    const { rows, transcript } = read(lines);
    const found = rows.told().sessions.map(({ id, title }) => [id, title]);
    expect(found).toHaveLength(200);
    expect(found).toContainEqual(["o7", "p7"]);
    expect(JSON.stringify(transcript.cursor()).length).toBeLessThan(100_000);
  });

  test("a file of a summary alone is no session", () => {
    expect(told(summary)).toEqual({ sessions: [], messages: [], toolCalls: [], events: [] });
  });
});
