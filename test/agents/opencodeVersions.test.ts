import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { queryRows } from "../harness/rows.ts";
import { startOpenai } from "./fake/openai.ts";
import { OLDER_OPENCODES } from "./install.ts";
import { OPENCODE_PLUGIN, opencodeIn } from "./run/opencode.ts";
import { until } from "./run/until.ts";
import { createWorkspace } from "./run/workspace.ts";

const others = inject("others");

/** The pinned version does the same in every other scenario. */
describe.skipIf(others === null)("the plugin's folder, under `plugin` in opencode.json", () => {
  test.each(OLDER_OPENCODES)("OpenCode %s loads it, and a turn is recorded", async (version) => {
    if (others === null) throw new Error("none installed");
    await using workspace = createWorkspace(inject("runRoot"));
    await using model = await startOpenai();
    const { run } = opencodeIn(workspace, others.older[version], model, [OPENCODE_PLUGIN], {});
    await workspace.duolog("start");
    const ended = await run("hello").ended;
    expect(ended).toMatchObject({ code: 0, stdout: "Answer to: hello\n" });
    expect(ended.stderr).not.toMatch(/duolog|plugin/i);
    const recorded = () =>
      queryRows(
        join(workspace.dataDir, "duolog.db"),
        // Version 1.3 adds the end of its empty stdin to a prompt.
        "SELECT s.agent_version AS version, m.role, trim(m.text_content, char(10)) AS text FROM messages m JOIN sessions s ON s.id = m.session_id ORDER BY m.created_at",
      );
    await until("the turn", () => (recorded().length < 2 ? null : true));
    expect(recorded()).toEqual([
      { version, role: "user", text: "hello" },
      { version, role: "assistant", text: "Answer to: hello" },
    ]);
  });
});
