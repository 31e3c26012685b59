import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { T } from "../rows.ts";
import { type SearchBed, searchBed } from "./bed.ts";
import { call, message, session } from "./records.ts";

let bed: SearchBed;

beforeEach(async () => {
  bed = await searchBed();
});

afterEach(async () => {
  await bed.close();
  bed.directory[Symbol.dispose]();
});

const ids = async (words: string, more: Parameters<SearchBed["find"]>[1] = {}) =>
  (await bed.find(words, { each: true, ...more })).hits.map(
    ({ toolCallId, messageId, event }) => toolCallId ?? messageId ?? event,
  );

describe("what is found", () => {
  test.each([
    ["login fail", ["m1"]],
    ["login OR garden", ["m3", "m1"]],
    ["the -garden", ["m1"]],
    ['"login in src"', ["m1"]],
    ["src/auth/login.ts", ["m1"]],
    ["login.ts", ["m1"]],
    ["getUserName", ["m1"]],
    ["user", ["m2", "m1"]],
    ["user_name", ["m2", "m1"]],
    ["github", ["m2"]],
    ["日", ["m2"]],
    ["語", ["m2"]],
    ["本語", ["m2"]],
    ["本語の", ["m2"]],
    ["语", []],
    ["gard*", ["m3"]],
    ["CAFE", ["m3"]],
    ["xyzzy", []],
  ])("%s", async (words, expected) => {
    await bed.ingest([
      session("s"),
      message("s", "m1", "Why does the login in src/auth/login.ts fail at getUserName?"),
      message("s", "m2", "TypeError: user_name is null. 日本語のテスト on GitHub"),
      message("s", "m3", "the garden of the café"),
    ]);
    expect(await ids(words)).toEqual(expected);
  });

  test("each scope has its own", async () => {
    const long = "before ".repeat(200);
    await bed.ingest([
      session("s"),
      message("s", "m", "said alpha", {
        role: "assistant",
        reasoningText: `thought alpha ${long}`,
      }),
      call("s", "c", {
        messageId: "m",
        input: JSON.stringify({ alphabet: "x", command: ["run", { deep: "alpha" }], n: 42 }),
        output: `answered alpha ${long}`,
        error: "failed beta",
      }),
      {
        kind: "event",
        data: { id: "e", sessionId: "s", kind: "compaction", text: "sum of alpha" },
      },
    ]);
    expect((await ids("alpha")).toSorted()).toEqual(["compaction", "m"]);
    expect(await ids("alpha", { in: ["tools"] })).toEqual(["c"]);
    expect(await ids("alphabet", { in: ["tools"] })).toEqual([]);
    expect(await ids("42 beta bash", { in: ["tools"] })).toEqual(["c"]);
    expect(await ids("answered", { in: ["outputs"] })).toEqual(["c"]);
    expect(await ids("thought", { in: ["reasoning"] })).toEqual(["m"]);
    const all = await bed.find("alpha", {
      in: ["messages", "tools", "outputs", "reasoning"],
      each: true,
    });
    expect(all.hits.map((hit) => hit.in).toSorted()).toEqual([
      "messages",
      "messages",
      "outputs",
      "reasoning",
      "tools",
    ]);
  });

  test("of an output the first 4 KB, and each once", async () => {
    const head = `head ${"x ".repeat(2_000)}`;
    const output = `${head}${"y ".repeat(400)}tail`;
    await bed.ingest([
      session("a"),
      session("b"),
      call("a", "c1", { output }),
      call("a", "c2", { output }),
      call("b", "c3", { output }),
    ]);
    expect(await ids("head", { in: ["outputs"] })).toEqual(["c3"]);
    expect(await ids("head", { in: ["outputs"], session: "a" })).toEqual(["c1"]);
    expect(await ids("tail", { in: ["outputs"] })).toEqual([]);
  });
});

describe("what narrows a search", () => {
  const ROWS = () => [
    session("a", { projectPath: "/home/ada/garden", projectName: "garden" }),
    session("b", {
      projectPath: "/home/ada/gardens",
      projectName: "gardens",
      source: "claude-code",
    }),
    session("c", { parentId: "a" }),
    message("a", "a1", "word", { model: "Opus-5", createdAt: T + 1_000 }),
    message("b", "b1", "word", { role: "assistant", source: "claude-code", createdAt: T + 2_000 }),
    message("c", "c1", "word", { createdAt: T + 3_000 }),
    call("a", "k1", { input: '"word"', name: "Bash", filePath: "/home/ada/garden/src/a.ts" }),
    call("b", "k2", {
      input: '"word"',
      name: "Edit",
      data: '{"files":["/x/b.ts"]}',
      messageId: "b1",
    }),
  ];

  test.each([
    [{ source: "claude-code" }, ["b1"]],
    [{ project: "garden" }, ["a1"]],
    [{ project: "/home/ada" }, ["b1", "a1"]],
    [{ project: "/home/ada/garden/" }, ["a1"]],
    [{ project: "/" }, ["b1", "a1"]],
    [{ project: "Garden" }, []],
    [{ model: "opus" }, ["a1"]],
    [{ role: "assistant" }, ["b1"]],
    [{ session: "a" }, ["c1", "a1"]],
    [{ session: "nobody" }, []],
    [{ without: ["a"] }, ["b1"]],
    [{ withoutProjects: ["/home/ada/garden"] }, ["c1", "b1"]],
    [{ since: T + 2_000 }, ["c1", "b1"]],
    [{ until: T + 2_000 }, ["a1"]],
    [{ since: T + 1_500, until: T + 2_500 }, ["b1"]],
    [{ tool: "bash" }, ["a1"]],
    [{ file: "b.ts" }, ["b1"]],
    [{ file: "ts" }, []],
    [{ tool: "bash", file: "b.ts" }, []],
  ] as const)("messages: %j", async (filter, expected) => {
    await bed.ingest(ROWS());
    expect(await ids("word", filter as object)).toEqual(expected);
  });

  test.each([
    [{ tool: "bash" }, ["k1"]],
    [{ file: "src/a.ts" }, ["k1"]],
    [{ file: "/x/b.ts" }, ["k2"]],
    [{ role: "user" }, []],
    [{ role: "assistant" }, ["k2", "k1"]],
    [{ model: "opus" }, []],
  ] as const)("calls: %j", async (filter, expected) => {
    await bed.ingest(ROWS());
    expect(await ids("word", { in: ["tools"], ...filter } as object)).toEqual(expected);
  });

  test("a project that is known later is that of the rows before", async () => {
    await bed.ingest([message("late", "m", "word")]);
    expect(await ids("word", { project: "garden" })).toEqual([]);
    await bed.ingest([session("late", { projectPath: "/g", projectName: "garden" })]);
    expect(await ids("word", { project: "garden" })).toEqual(["m"]);
  });
});

describe("of one session one hit", () => {
  test("with how many more, and all of them where they are wanted", async () => {
    await bed.ingest([
      session("a"),
      session("b"),
      ...Array.from({ length: 5 }, (_, n) => message("a", `a${n}`, `word ${n}`)),
      message("b", "b0", "word"),
    ]);
    const { hits, complete } = await bed.find("word");
    expect(hits.map(({ messageId, more }) => [messageId, more])).toEqual([
      ["b0", 0],
      ["a4", 4],
    ]);
    expect(complete).toBe(true);
    expect(await ids("word")).toEqual(["b0", "a4", "a3", "a2", "a1", "a0"]);
  });

  test("page by page each once, in both orders", async () => {
    const sessions = Array.from({ length: 23 }, (_, n) => `s${n}`);
    await bed.ingest([
      ...sessions.map((id) => session(id)),
      ...sessions.flatMap((id) => [
        message(id, `${id}-1`, "word"),
        message(id, `${id}-2`, "word word"),
      ]),
    ]);
    for (const sort of ["newest", "best"] as const) {
      for (const each of [false, true]) {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await bed.find("word", { sort, each, limit: 5, cursor });
          found.push(...page.hits.map((hit) => (each ? (hit.messageId ?? "") : hit.sessionId)));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(found).toHaveLength(each ? 46 : 23);
        expect(new Set(found).size).toBe(found.length);
      }
    }
    await expect(bed.find("word", { cursor: "x" })).rejects.toThrow("not one of ours");
  });

  test("best first: what is about it before what names it", async () => {
    await bed.ingest([
      session("a"),
      message("a", "much", "garden garden garden"),
      message("a", "little", `garden ${"and something else ".repeat(30)}`),
    ]);
    expect(await ids("garden", { sort: "best" })).toEqual(["much", "little"]);
    expect(await ids("garden")).toEqual(["little", "much"]);
  });
});

describe("a fork's copies", () => {
  test("are found once, in the session that they are from", async () => {
    await bed.ingest([
      session("origin"),
      session("fork", { forkedFromId: "origin" }),
      message("origin", "same", "word of both", { createdAt: T }),
      message("fork", "same", "word of both", { createdAt: T }),
      message("origin", "m1", "word", { createdAt: T + 60_000 }),
      message("fork", "m2", "word", { copiedFromId: "m1", createdAt: T + 60_000 }),
      message("fork", "own", "word", { createdAt: T + 120_000 }),
    ]);
    const { hits } = await bed.find("word", { each: true });
    expect(hits.map(({ sessionId, messageId }) => [sessionId, messageId])).toEqual([
      ["fork", "own"],
      ["origin", "m1"],
      ["origin", "same"],
    ]);
    expect(await ids("word", { session: "fork" })).toEqual(["own", "m2", "same"]);
    expect(await ids("word", { without: ["origin"] })).toEqual(["own", "m2", "same"]);
  });

  test("of copies that tell no origin one is the first: that of no fork, else of the least id", async () => {
    await bed.ingest([
      session("c"),
      session("b", { forkedFromId: "c" }),
      session("a", { forkedFromId: "b" }),
      ...["a", "b", "c"].map((id) => message(id, "m", "word", { createdAt: T })),
      ...["a", "b"].map((id) => message(id, "n", "word", { createdAt: T })),
      session("y"),
      session("z"),
      ...["z", "y"].map((id) => message(id, "o", "word", { createdAt: T })),
    ]);
    const { hits } = await bed.find("word", { each: true });
    expect(hits.map(({ sessionId, messageId }) => `${sessionId} ${messageId}`).toSorted()).toEqual([
      "b n",
      "c m",
      "y o",
    ]);
  });

  test("calls as their messages", async () => {
    await bed.ingest([
      session("origin"),
      session("fork"),
      message("origin", "m1", "x"),
      message("fork", "m2", "x", { copiedFromId: "m1" }),
      call("origin", "m1/c", { messageId: "m1", input: '"word"' }),
      call("fork", "m2/c", { messageId: "m2", input: '"word"' }),
      call("fork", "m2/d", { messageId: "m2", input: '"word"' }),
    ]);
    expect((await ids("word", { in: ["tools"] })).toSorted()).toEqual(["m1/c", "m2/d"]);
  });
});

test("a row that is gone from the record is not found any more", async () => {
  await bed.ingest([session("s"), message("s", "m1", "word"), message("s", "m2", "word")]);
  expect(await ids("word")).toEqual(["m2", "m1"]);
  await bed.storage.transaction((rows) => rows.remove("message", [["s", "m2"]]));
  expect(await ids("word")).toEqual(["m1"]);
  expect(bed.indexer.state().texts).toBe(1);
});

test("nothing typed is an error to SQLite, and what is found is there", async () => {
  await bed.ingest([
    session("s"),
    message("s", "m", "one two (three) AND NEAR 日本 getUserName *"),
  ]);
  const odd = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "*",
          "-",
          "OR",
          "AND",
          "NOT",
          "(",
          ")",
          "one",
          "getUserName",
          "日",
          "^",
          ":",
          " ",
          "+",
          "\0",
        ),
      )
      .map((all) => all.join(" ")),
  );
  await fc.assert(
    fc.asyncProperty(odd, fc.constantFrom("newest", "best"), async (words, sort) => {
      const { complete } = await bed.find(words, {
        sort,
        in: ["messages", "tools", "outputs", "reasoning"],
      });
      expect(complete).toBe(true);
    }),
    { numRuns: 200 },
  );
  expect(bed.logged).toEqual([]);
});
