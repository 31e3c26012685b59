import { describe, expect, test } from "vitest";
import { ENDLESS } from "./fake/script.ts";
import { claude } from "./run/agents.ts";
import { claudeIn } from "./run/claude.ts";
import type { Talk } from "./run/claudeTalk.ts";
import { programs, type Stage, stage } from "./scenarios.ts";
import { spoken } from "./truth/expectRecord.ts";
import { called, eventsOf } from "./truth/told.ts";

/** A conversation in one process; who is asked for leave says no to files called `refused`. */
function talk(on: Stage, ...args: string[]): Talk {
  const { talk } = claudeIn(on.workspace, programs?.claude ?? "", on.model);
  const refusal = ({ file_path }: Record<string, unknown>) =>
    String(file_path).includes("refused") ? "Not on my machine." : null;
  return talk(refusal, ...args);
}

const kindsOf = (on: Stage, ...kinds: string[]) =>
  eventsOf(on.workspace.dataDir, ...kinds).map(({ kind }) => kind);

describe.skipIf(programs === null)("Claude Code in one conversation", () => {
  test("tools that fail, are refused and interrupted; queued prompts, a rename, a retry", async () => {
    await using on = await stage(claude);
    const talking = talk(on);
    await talking.ask("#mixed");
    await talking.ask("#refused");
    talking.queue("#endless");
    await on.started();
    talking.interrupt();
    await talking.turns(3);
    await talking.ask("/rename My name");
    await talking.ask("#err500=1");
    talking.queue("#parallel");
    talking.queue("queued");
    await talking.turns(6);
    expect(await talking.end()).toMatchObject({ code: 0 });
    expect(called(on.seat.truth())).toEqual([
      "shell error: echo half; exit 3",
      expect.stringMatching(/^read error: .*missing\.txt$/),
      expect.stringMatching(/^write success: .*made\.txt$/),
      "shell success: echo fine",
      expect.stringMatching(/^write denied: .*refused\.txt$/),
      `shell interrupted: ${ENDLESS}`,
      "shell success: echo A",
      "shell success: echo B",
    ]);
    expect(on.seat.truth().sessions.map(({ title }) => title)).toEqual(["My name"]);
    expect(spoken(on.seat.truth())).toContain("user: queued");
    await on.imported();
    expect(kindsOf(on, "rename", "retry")).toEqual(["rename", "retry"]);
  });

  test("sub-agents: waited for, in the background and nested", async () => {
    await using on = await stage(claude);
    const talking = talk(on);
    await talking.ask("#wait");
    await talking.ask("#nest");
    await talking.ask("#background");
    expect(await talking.end()).toMatchObject({ code: 0 });
    expect(called(on.seat.truth())).toEqual([
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #wait below the first",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
    ]);
    await on.imported();
    // Who started whom, to any depth; the background's end is told in the user's name.
    const children = on.seat.truth().toolCalls.filter(({ kind }) => kind === "task");
    expect(new Set(children.map(({ childAgentId }) => childAgentId)).size).toBe(4);
    expect(kindsOf(on, "injected", "prompt")).toEqual(["injected"]);
  });

  test("compaction by hand, by itself and because of an overflow, and a fork of all that", async () => {
    await using on = await stage(claude);
    const talking = talk(on);
    await talking.ask("#bash first");
    await talking.ask("/compact");
    await talking.ask("#bash #big");
    await talking.ask("after");
    await talking.ask("#overflow");
    expect(await talking.end()).toMatchObject({ code: 0 });
    const id = on.sessionId();
    await on.recorded();
    expect(await on.ask("#bash forked", ...on.seat.fork(id))).toMatchObject({ code: 0 });
    expect(called(on.seat.truth())).toEqual(Array(3).fill("shell success: echo hello-from-bash"));
    await on.imported();
    const compactions = eventsOf(on.workspace.dataDir, "compaction");
    const triggers = compactions.map(({ data }) => JSON.parse(data ?? "{}").trigger);
    expect(triggers.slice(0, 3)).toEqual(["manual", "auto", "auto"]);
    for (const { text } of compactions) expect(text).toMatch(/^This session is being continued/);
  });
});
