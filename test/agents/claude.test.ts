import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bareOutput, claude } from "./run/agents.ts";
import { claudeIn } from "./run/claude.ts";
import { processesIn } from "./run/workspace.ts";
import { commonScenarios, programs, stage } from "./scenarios.ts";
import { called, spoken } from "./truth/told.ts";

commonScenarios(claude);

describe.skipIf(programs === null)("Claude Code alone", () => {
  test("two sessions in one directory at once", async () => {
    await using on = await stage(claude);
    const ended = await Promise.all([on.ask("#bash left"), on.ask("#parallel right")]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(on.seat.truth().sessions).toHaveLength(2);
    await on.recorded();
  });

  test("tools, two of them parallel; then a sub-agent", async () => {
    await using on = await stage(claude);
    expect(await on.ask("#parallel")).toMatchObject({ code: 0 });
    expect(spoken(on.seat.truth())).toEqual([
      "user: #parallel",
      "assistant: Running two tools at once.",
      "assistant: -",
      "assistant: All three commands ran. Final.",
    ]);
    expect(await on.ask("#task")).toMatchObject({ code: 0 });
    expect(called(on.seat.truth())).toEqual([
      "shell success: echo A",
      "shell success: echo B",
      "shell success: echo C",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
    ]);
    await on.imported();
  });

  test("a slash command of the user's own", async () => {
    await using on = await stage(claude);
    const commands = join(on.workspace.project, ".claude", "commands");
    mkdirSync(commands, { recursive: true });
    writeFileSync(join(commands, "hi.md"), "Say hello to $ARGUMENTS.\n");
    expect(await on.ask("/hi Bob")).toMatchObject({ code: 0 });
    expect(spoken(on.seat.truth())).toEqual([
      "user: /hi Bob",
      expect.stringMatching(/^assistant: Answer to: [\s\S]*Say hello to Bob\.$/),
    ]);
    await on.recorded();
  });

  test("no Node to be found: silent, and a later run catches up", async () => {
    await using on = await stage(claude, "absent");
    const env = { ...on.workspace.env, PATH: pathWithoutNode(join(on.workspace.root, "bin")) };
    const bare = claudeIn({ ...on.workspace, env }, programs?.claude ?? "", on.model);
    expect(await bare.run("hello").ended).toEqual(bareOutput(claude, "Answer to: hello"));
    expect(processesIn(on.workspace.root)).toEqual([]);
    await on.workspace.duolog("start");
    await on.ask("again");
    expect(on.seat.truth().sessions).toHaveLength(2);
    await on.recorded();
  });

  test("what the plugin starts has none of the agent's keys", async () => {
    await using on = await stage(claude);
    await on.workspace.duolog("stop");
    await on.ask("hello");
    await on.recorded();
    const started = processesIn(on.workspace.root);
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter(({ environment }) => /sk-ant|ANTHROPIC/.test(environment))).toEqual([]);
  });

  test("the stream of JSON that programs read holds no line of duolog's", async () => {
    await using on = await stage(claude);
    const { code, stdout, stderr } = await on.ask(
      "hello",
      "--output-format",
      "stream-json",
      "--verbose",
    );
    const types = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect({ code, stderr, last: types.at(-1) }).toEqual({ code: 0, stderr: "", last: "result" });
    expect(stdout).not.toContain("hook failed");
    await on.recorded();
  });
});

/** All programs of the system but Node, as links in a folder. */
function pathWithoutNode(folder: string): string {
  mkdirSync(folder);
  const places = new Map<string, string>();
  for (const directory of ["/usr/bin", "/bin"]) {
    for (const name of readdirSync(directory)) places.set(name, join(directory, name));
  }
  for (const name of ["node", "nodejs", "duolog"]) places.delete(name);
  for (const [name, place] of places) symlinkSync(place, join(folder, name));
  return folder;
}
