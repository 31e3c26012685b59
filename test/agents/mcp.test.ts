import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { startAnthropic } from "./fake/anthropic.ts";
import type { FakeModel, Json } from "./fake/httpServer.ts";
import { startOpenai } from "./fake/openai.ts";
import { type Agent, claude, opencode } from "./run/agents.ts";
import { claudeIn } from "./run/claude.ts";
import { until } from "./run/until.ts";
import { createWorkspace, processesIn, type Workspace } from "./run/workspace.ts";
import { programs, type Stage, stage, switchOff } from "./scenarios.ts";

/** A hit, as the agents got it. */
interface Hit {
  session: string;
  message: string;
  at: string;
  quote: string;
}

/** What duolog's search answered: all answers in the requests, in order, each once. */
function answers(model: FakeModel): Hit[][] {
  const texts = model.requests.flatMap((body) => (body.messages as Json[]).flatMap(resultsIn));
  return [...new Set(texts)].map((text) => JSON.parse(text).hits);
}

/** The results of tools in a message that are answers of duolog's, of either protocol. */
function resultsIn({ content }: Json): string[] {
  const blocks = Array.isArray(content) ? content : [{ type: "text", text: content }];
  const texts = blocks.flatMap((block: Json) =>
    block.type === "tool_result" ? resultsIn(block) : [String(block.text ?? "")],
  );
  return texts.filter((text) => text.startsWith('{"note":"Quoted'));
}

const ids = (hits: Hit[] | undefined) => hits?.map(({ session }) => session);

/** Waits until the record holds so many sessions. */
async function recorded({ workspace }: { workspace: Workspace }, count: number): Promise<Json[]> {
  return until(`${count} sessions`, async () => {
    const { stdout } = await workspace.duolog("sessions", "--json");
    const sessions = JSON.parse(stdout) as Json[];
    return sessions.length >= count ? sessions : null;
  });
}

/** Nothing of duolog's server outlives its agent. */
async function gone({ workspace }: Stage): Promise<void> {
  await until("the end of the server", () =>
    processesIn(workspace.root).some(({ command }) => / mcp /.test(command)) ? null : true,
  );
}

const TOKEN = `gh${"p_"}aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD3fG5`;

describe.skipIf(programs === null).each([claude, opencode])("$name asks duolog", (agent: Agent) => {
  test("an earlier session is found, its secret masked; the asking one is left out", async () => {
    await using on = await stage(agent);
    await on.ask(`the zebra crossing has ${TOKEN} in it`);
    const [first] = await recorded(on, 1);
    await on.seat.ask("#recall zebra").ended;
    await gone(on);
    const [hits] = answers(on.model);
    expect(ids(hits)).toEqual([first?.id]);
    expect(hits?.[0]?.quote).toContain("[redacted:github-token]");
    expect(hits?.[0]?.message).toBeTruthy();
    expect(Math.abs(Date.parse(hits?.[0]?.at ?? "") - Date.now())).toBeLessThan(600_000);
    await on.recorded();
  });

  test("a sub-agent's question leaves out its parent", async () => {
    await using on = await stage(agent);
    await on.ask("the zebra crossing");
    const [first] = await recorded(on, 1);
    await on.seat.ask("#subrecall zebra").ended;
    expect(answers(on.model).map(ids)).toEqual([[first?.id]]);
  });

  test("switched off, there is not a word of it", async () => {
    await using on = await stage(agent);
    switchOff(on.workspace);
    await on.ask("hello");
    expect(JSON.stringify(on.model.requests)).not.toMatch(/duolog/i);
    await on.recorded();
  });
});

describe.skipIf(programs === null)("what the tools cost", () => {
  test("OpenCode's request carries them all, in 4,000 bytes at most", async () => {
    await using on = await stage(opencode);
    await on.ask("hello");
    const [tools] = on.model.requests.flatMap(({ tools }) => (tools ? [tools as Json[]] : []));
    const ours = (tools ?? []).filter((tool) => /duolog/.test(JSON.stringify(tool)));
    const names = ours.map((tool) => String((tool.function as Json).name));
    const wanted = ["files", "messages", "search", "sessions", "usage"];
    expect(names.toSorted()).toEqual(wanted.map((name) => `duolog_${name}`));
    const bytes = Buffer.byteLength(JSON.stringify(ours));
    expect(bytes).toBeLessThanOrEqual(4_000);
    process.stderr.write(`duolog's tools in OpenCode's request: ${bytes} bytes\n`);
  });
});

describe.skipIf(programs === null)("Claude Code, one process after /clear", () => {
  test("the session from before is found, though the environment still names it", async () => {
    await using workspace = createWorkspace(inject("runRoot"));
    await using model = await startAnthropic();
    await workspace.duolog("start");
    const { talk } = claudeIn(workspace, programs?.claude ?? "", model);
    const talking = talk(() => null);
    await talking.ask("the zebra crossing");
    const [first] = await recorded({ workspace }, 1);
    await talking.ask("/clear");
    await talking.ask("#recall zebra");
    await talking.end();
    expect(answers(model).map(ids)).toEqual([[first?.id]]);
  });
});

test.skipIf(programs === null)(
  "an entry of the user's own in OpenCode's configuration stays",
  async () => {
    const model = await startOpenai();
    await using on = await stage({
      ...opencode,
      startModel: async () => model,
      join(workspace, installed, fake) {
        const seat = opencode.join(workspace, installed, fake);
        const file = join(workspace.home, ".config", "opencode", "opencode.jsonc");
        writeFileSync(
          file,
          JSON.stringify({ mcp: { duolog: { type: "local", command: ["true"], enabled: false } } }),
        );
        return seat;
      },
    });
    await on.ask("hello");
    expect(JSON.stringify(on.model.requests)).not.toMatch(/duolog/i);
  },
);
