import { expect, test, vi } from "vitest";
import { TestHome } from "../duolog.ts";
import { type Agent, agentIn } from "./asking.ts";
import { type Given, record } from "./record.ts";

vi.setConfig({ testTimeout: 60_000 });

const CLAUDE = { CLAUDECODE: "1", CLAUDE_PROJECT_DIR: "/w/app" };
const OPENCODE = { OPENCODE: "1" };
const HERE = ["--directory", "/w/app"];
const said = ["the zebra", "yes"];
/** One that has just grown, in a directory. */
const now = (id: string, more: Partial<Given> = {}): Given => ({
  id,
  project: "/w/app",
  source: "claude-code",
  at: Date.now() - 10_000,
  said,
  ...more,
});
const old = { id: "old", project: "/w/app", source: "claude-code", said } as const;

async function found(agent: Agent, meta = {}, tool = "search"): Promise<string[]> {
  const input = tool === "search" ? { words: "zebra" } : {};
  const told = await agent.ask(tool, input, meta);
  const items: { session: string }[] = told.hits ?? told.sessions;
  return items.map(({ session }) => session).sort();
}

test("the running call that the agent names, not what its environment still names", async () => {
  await using home = new TestHome();
  const call = { id: "toolu_1", name: "mcp__plugin_duolog_duolog__search", status: "running" };
  await record(
    home,
    old,
    now("before"),
    now("asking", { calls: [{ ...call, input: { words: "zebra" } }] }),
  );
  const env = { ...CLAUDE, CLAUDE_CODE_SESSION_ID: "before" };
  await using agent = await agentIn(home, { env });
  const meta = { "claudecode/toolUseId": "toolu_1" };
  expect(await found(agent, meta)).toEqual(["before", "old"]);
  expect(await found(agent, meta, "sessions")).toEqual(["before", "old"]);
});

test("a running call with this very input, in whatever directory", async () => {
  await using home = new TestHome();
  const running = (id: string, words: string, status = "running") => ({
    calls: [{ id, name: "duolog_search", input: { words }, status }],
  });
  const opencode = { source: "opencode", project: "/elsewhere" } as const;
  await record(
    home,
    now("ended", { ...opencode, ...running("c1", "zebra", "success") }),
    now("other", { ...opencode, ...running("c2", "lion") }),
    now("asking", { ...opencode, ...running("c3", "zebra") }),
  );
  await using agent = await agentIn(home, { env: OPENCODE, args: HERE });
  expect(await found(agent)).toEqual(["ended", "other"]);
});

test("the session that the environment names, while it has not ended", async () => {
  await using home = new TestHome();
  await record(home, old, now("beside"), now("asking"));
  const env = { ...CLAUDE, CLAUDE_CODE_SESSION_ID: "asking" };
  await using agent = await agentIn(home, { env });
  expect(await found(agent)).toEqual(["beside", "old"]);
});

test("else those of the directory that grew in the last two minutes", async () => {
  await using home = new TestHome();
  const ended = now("ended", { endedAt: Date.now() });
  await record(
    home,
    old,
    ended,
    now("below", { project: "/w/app/part" }),
    now("far", { project: "/w" }),
  );
  const env = { ...CLAUDE, CLAUDE_CODE_SESSION_ID: "ended" };
  await using agent = await agentIn(home, { env });
  expect(await found(agent)).toEqual(["far", "old"]);
});

test("a sub-agent's question leaves out its whole family; a session that is named is told", async () => {
  await using home = new TestHome();
  const opencode = { source: "opencode" } as const;
  await record(
    home,
    old,
    now("root", opencode),
    now("child", { ...opencode, parentId: "root" }),
    now("asking", {
      ...opencode,
      parentId: "child",
      calls: [{ name: "duolog_search", input: { words: "zebra" }, status: "running" }],
    }),
    now("sibling", { ...opencode, parentId: "root" }),
    now("beside", opencode),
  );
  await using agent = await agentIn(home, { env: OPENCODE, args: HERE });
  expect(await found(agent)).toEqual(["beside", "old"]);
  const { hits } = await agent.ask("search", { words: "zebra", session: "root" });
  expect(hits.length).toBeGreaterThan(0);
});

test("whoever else asks is told all but what its directory does right now", async () => {
  await using home = new TestHome();
  await record(home, old, now("far", { project: "/w/other" }), now("here"));
  await using agent = await agentIn(home, { args: HERE });
  expect(await found(agent)).toEqual(["far", "old"]);
});
