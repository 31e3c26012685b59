import { Source } from "@duolog/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createQuestionService } from "../../src/services/questions/questionService.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { callRow, messageRow, sessionRow, T } from "../rows.ts";
import { eachAlone } from "../storage/eachAlone.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let file: ReturnType<typeof eachAlone>;

beforeEach(async () => {
  directory = temporary();
  const database = directory.at("duolog.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
  file = eachAlone(storage);
});

afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

describe("a session is found", () => {
  const find = async (ref: string, more: { source?: Source; project?: string } = {}) => {
    const query = { ref, ...more };
    const { session, candidates } = await createQuestionService(storage).findSession(query);
    return [session?.id ?? null, candidates.map(({ id }) => id)];
  };

  beforeEach(async () => {
    const claude = { source: Source.claude_code, projectPath: "/p" };
    const opencode = { source: Source.opencode };
    await file.write("session", [
      sessionRow({ id: "aa-1", updatedAt: T + 1, ...claude }),
      sessionRow({ id: "aa-2", updatedAt: T + 2, ...claude }),
      sessionRow({ id: "aa-22", updatedAt: T, ...claude }),
      sessionRow({ id: "ses_a%_b", updatedAt: T + 3, ...opencode }),
      // A sub-agent, and one that is known from its messages only.
      sessionRow({ id: "ses_child", updatedAt: T + 4, parentId: "ses_a%_b", ...opencode }),
      sessionRow({ id: "zz" }),
    ]);
  });

  test.each([
    ["aa-1", "aa-1", []],
    // Whole, though it begins another one.
    ["aa-2", "aa-2", []],
    ["ses_c", "ses_child", []],
    ["z", "zz", []],
    ["aa", null, ["aa-2", "aa-1", "aa-22"]],
    ["a%", null, []],
    ["ses_aX", null, []],
    ["AA-1", null, []],
  ])("by %s: %j, else of %j", async (ref, id, candidates) => {
    expect(await find(ref)).toEqual([id, candidates]);
  });

  test.each([
    [{}, "ses_a%_b"],
    [{ source: Source.claude_code }, "aa-2"],
    [{ project: "/p" }, "aa-2"],
    [{ project: "/q" }, null],
  ])("as last of %j: %j, which a person began", async (of, id) => {
    expect(await find("last", of)).toEqual([id, []]);
  });

  test("as the newest of more than are told", async () => {
    const rows = Array.from({ length: 30 }, (_, i) =>
      sessionRow({ id: `many-${String(i).padStart(2, "0")}`, updatedAt: T + i }),
    );
    await file.write("session", rows);
    const newest = rows.slice(-10).map(({ id }) => id);
    expect(await find("many")).toEqual([null, newest.reverse()]);
  });
});

test("a tree is a session's whole family, with the agents within", async () => {
  await file.write("session", [
    sessionRow({ id: "root" }),
    sessionRow({ id: "child", parentId: "root" }),
    sessionRow({ id: "orphan", parentId: "gone" }),
    sessionRow({ id: "other" }),
  ]);
  const of = (agentId: string | null, n: number) =>
    messageRow({ id: `m${n}`, sessionId: "root", agentId, createdAt: T + n });
  await file.write("message", [
    of(null, 0),
    of("outer", 1),
    of("inner", 2),
    { ...of("outer", 3), agent: "Explore" },
    of("inner", 4),
  ]);
  const call = (agentId: string | null, id: string, childAgentId: string | null = null) =>
    callRow({ id, sessionId: "root", agentId, childAgentId });
  await file.write("toolCall", [
    call(null, "c1", "outer"),
    call("outer", "c2", "inner"),
    call("outer", "c3"),
    call(null, "c4"),
    // An agent of which there is no message.
    call(null, "c5", "unheard"),
  ]);
  const { sessions, agents, complete } = await createQuestionService(storage).sessionTree([
    "child",
    "orphan",
  ]);
  expect(sessions.map(({ id }) => id)).toEqual(["root", "child", "orphan"]);
  expect(complete).toBe(true);
  expect(agents).toEqual([
    {
      sessionId: "root",
      agentId: "outer",
      agent: "Explore",
      startedBy: null,
      messageCount: 2,
      toolCallCount: 2,
      createdAt: T + 1,
      updatedAt: T + 3,
    },
    {
      sessionId: "root",
      agentId: "inner",
      agent: null,
      startedBy: "outer",
      messageCount: 2,
      toolCallCount: 0,
      createdAt: T + 2,
      updatedAt: T + 4,
    },
  ]);
});

describe("tools", () => {
  const HOUR = 3_600_000;
  const calls = async (
    filter: Parameters<ReturnType<typeof createQuestionService>["listTools"]>[0],
  ) => {
    const { tools, complete } = await createQuestionService(storage).listTools(filter);
    expect(complete).toBe(true);
    return Object.fromEntries(tools.map(({ name, calls }) => [name, calls]));
  };

  test("are counted over the calls that the filter lets through, in more rows than a turn reads", async () => {
    await file.write("session", [
      sessionRow({ id: "s", source: Source.opencode, updatedAt: T + HOUR }),
      sessionRow({ id: "t", source: Source.claude_code, updatedAt: T + HOUR }),
    ]);
    const rows = Array.from({ length: 7_001 }, (_, i) =>
      callRow({ id: `c${i}`, sessionId: "s", name: "bash", createdAt: T + i }),
    );
    await file.write("toolCall", [
      ...rows,
      callRow({ id: "c", sessionId: "t", name: "Bash", filePath: "/a/b.ts", createdAt: T }),
    ]);
    expect(await calls({})).toEqual({ bash: 7_001, Bash: 1 });
    expect(await calls({ source: Source.claude_code })).toEqual({ Bash: 1 });
    expect(await calls({ session: "s" })).toEqual({ bash: 7_001 });
    expect(await calls({ tool: "BASH", until: T + 1 })).toEqual({ bash: 1, Bash: 1 });
    expect(await calls({ since: T + 1 })).toEqual({ bash: 7_000 });
    expect(await calls({ file: "b.ts" })).toEqual({ Bash: 1 });
  });

  test("of a fork count where they were made", async () => {
    await file.write("session", [
      sessionRow({ id: "origin" }),
      sessionRow({ id: "fork", forkedFromId: "origin" }),
    ]);
    await file.write("message", [
      messageRow({ id: "copy", sessionId: "fork", copiedFromId: "m" }),
      messageRow({ id: "own", sessionId: "fork" }),
    ]);
    await file.write("toolCall", [
      callRow({ id: "same", sessionId: "origin", name: "read" }),
      callRow({ id: "same", sessionId: "fork", name: "read" }),
      callRow({ id: "new", sessionId: "fork", name: "read", messageId: "copy" }),
      callRow({ id: "own", sessionId: "fork", name: "edit", messageId: "own" }),
    ]);
    expect(await calls({})).toEqual({ read: 1, edit: 1 });
  });
});

test("projects are the directories of sessions, the latest first", async () => {
  await file.write("session", [
    sessionRow({ id: "1", projectPath: "/a", updatedAt: T }),
    sessionRow({ id: "2", projectPath: "/a", projectName: "a", updatedAt: T + 2 }),
    sessionRow({ id: "3", projectPath: "/b", projectName: "b", updatedAt: T + 1 }),
    sessionRow({ id: "4", projectPath: "/c" }),
    sessionRow({ id: "5" }),
  ]);
  const a = { path: "/a", name: "a", sessions: 2, updatedAt: T + 2 };
  const b = { path: "/b", name: "b", sessions: 1, updatedAt: T + 1 };
  const c = { path: "/c", name: null, sessions: 1, updatedAt: null };
  const { listProjects } = createQuestionService(storage);
  expect(await listProjects(50)).toEqual([a, b, c]);
  expect(await listProjects(1)).toEqual([a]);
});

test("a question whose caller is gone ends", async () => {
  await file.write("session", [sessionRow({ id: "s" })]);
  await file.write("toolCall", [callRow({ id: "c", sessionId: "s", name: "bash" })]);
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(createQuestionService(storage).listTools({}, gone)).rejects.toThrow("gone");
});
