import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claude } from "./run/agents.ts";
import { commonScenarios, programs, stage } from "./scenarios.ts";
import { spoken } from "./truth/expectRecord.ts";

commonScenarios(claude);

describe.skipIf(programs === null)("Claude Code alone", () => {
  test("two sessions in one directory at once", async () => {
    await using on = await stage(claude);
    const ended = await Promise.all([on.ask("#bash left"), on.ask("#parallel right")]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(on.seat.truth().sessions).toHaveLength(2);
    await on.recorded();
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
