import { writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { TestHome } from "../duolog.ts";
import { type Agent, agentIn } from "./asking.ts";
import { record } from "./record.ts";

vi.setConfig({ testTimeout: 60_000 });

async function threeProjects(home: TestHome): Promise<void> {
  const said = ["the zebra", "yes"];
  const calls = [{ name: "read", input: {}, filePath: "/w/zebra.md" }];
  await record(
    home,
    { id: "app", project: "/w/app", said, calls },
    { id: "part", project: "/w/app/part", said, calls },
    { id: "other", project: "/w/other", said, calls },
    { id: "none", said, calls },
  );
}

const settings = (home: TestHome, text: string) =>
  writeFileSync(home.paths.config, text, { mode: 0o600 });

/** Of which of the four sessions an agent learns, by each tool. */
async function seen(agent: Agent): Promise<string[][]> {
  const of = (items: { session: string }[]) => items.map(({ session }) => session).sort();
  const found = of((await agent.ask("search", { words: "zebra" })).hits);
  const listed = of((await agent.ask("sessions")).sessions);
  const read: string[] = [];
  for (const session of ["app", "none", "other", "part"]) {
    const told = await agent.ask("messages", { session }).catch((error: Error) => error);
    if (!(told instanceof Error)) read.push(told.session);
    else expect(told.message).toContain(`there is no session ${session} to read`);
  }
  const touched = of((await agent.ask("files", { path: "zebra.md" })).calls);
  return [found, listed, read, touched];
}

test.each<[string, string, string[]]>([
  ["nothing said", "{}", ["app", "none", "other", "part"]],
  ["a project and all below it", '{"mcp":{"exclude":["/w/app"]}}', ["none", "other"]],
  ["what is below a project", '{"mcp":{"exclude":["/w/app/**"]}}', ["none", "other"]],
  ["by a name anywhere", '{"mcp":{"exclude":["**/oth*", "~/mine"]}}', ["app", "none", "part"]],
  ["all that has a project", '{"mcp":{"exclude":["/**"]}}', ["none"]],
])("excluded: %s", async (_, text, expected) => {
  await using home = new TestHome();
  await threeProjects(home);
  settings(home, text);
  await using agent = await agentIn(home);
  expect(await seen(agent)).toEqual(Array(4).fill(expected));
});

test("only the agent's own project, whatever it asks for", async () => {
  await using home = new TestHome();
  await threeProjects(home);
  settings(home, '{"mcp":{"projects":"same"}} // of where it works');
  await using agent = await agentIn(home, { args: ["--directory", "/w/app"] });
  expect(await seen(agent)).toEqual(Array(4).fill(["app", "part"]));
  for (const project of ["/w/other", "/w", "other", "/w/app/../other"]) {
    const { hits } = await agent.ask("search", { words: "zebra", project });
    expect(hits.map(({ session }: { session: string }) => session).sort()).toEqual(["app", "part"]);
  }
  const { sessions } = await agent.ask("sessions", { project: "/w/app/part" });
  expect(sessions.map(({ session }: { session: string }) => session)).toEqual(["part"]);
});

test("settings that can't be understood tell nothing, and hold at once", async () => {
  await using home = new TestHome();
  await threeProjects(home);
  await using agent = await agentIn(home);
  for (const text of ["{", '{"mcp":{"exclude":"/w/app"}}', '{"mcp":{"project":"same"}}']) {
    settings(home, text);
    for (const [tool, input] of [
      ["search", { words: "zebra" }],
      ["sessions", {}],
      ["messages", { session: "app" }],
      ["files", { path: "zebra.md" }],
    ] as const) {
      await expect(agent.ask(tool, input)).rejects.toThrow(
        /^nothing is told before this is put right/,
      );
    }
  }
  settings(home, '{"outputs":"odd"}');
  expect((await agent.ask("sessions")).sessions).toHaveLength(4);
});

test.each([
  ["claude-code", '{"mcp":{"claudeCode":false}}', 0],
  ["opencode", '{"mcp":{"opencode":false}}', 0],
  ["opencode", '{"mcp":{"claudeCode":false}}', 5],
])("declared by %s with %s: %i tools", async (agentName, text, count) => {
  await using home = new TestHome();
  await home.run(["start"]);
  settings(home, text);
  await using agent = await agentIn(home, { args: ["--agent", agentName] });
  expect(agent.client.getInstructions() === undefined).toBe(count === 0);
  const tools = agent.client.getServerCapabilities()?.tools;
  expect(tools === undefined).toBe(count === 0);
  if (count > 0) expect((await agent.client.listTools()).tools).toHaveLength(count);
});
