import { describe, expect, test } from "vitest";
import { claude } from "./run/agents.ts";
import { CLAUDE_PLUGIN, claudeIn } from "./run/claude.ts";
import { programs, stage } from "./scenarios.ts";

describe.skipIf(programs === null)("the plugin's directory", () => {
  test("passes Claude Code's own strict validation", async () => {
    await using on = await stage(claude);
    const program = claudeIn(on.workspace, programs?.claude ?? "", on.model);
    const ended = await program.plugin("validate", CLAUDE_PLUGIN, "--strict").ended;
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
  });

  test("is a marketplace to install from, for all sessions", async () => {
    await using on = await stage(claude);
    const program = claudeIn(on.workspace, programs?.claude ?? "", on.model, null);
    const added = await program.plugin("marketplace", "add", CLAUDE_PLUGIN).ended;
    expect(added, added.stdout + added.stderr).toMatchObject({ code: 0 });
    const installed = await program.plugin("install", "duolog@duolog").ended;
    expect(installed, installed.stdout + installed.stderr).toMatchObject({ code: 0 });
    expect(await program.run("hello").ended).toMatchObject({ code: 0, stderr: "" });
    expect(on.seat.truth().sessions).toHaveLength(1);
    await on.recorded();
  });
});
