import { expect, inject, test } from "vitest";
import { claude, opencode } from "./run/agents.ts";
import { createWorkspace } from "./run/workspace.ts";
import { programs } from "./scenarios.ts";
import { expectComplete } from "./truth/expectComplete.ts";
import { expectRecord, union } from "./truth/expectRecord.ts";

test.skipIf(programs === null)(
  "both agents at once, several of each, and no daemon yet",
  async () => {
    if (programs === null) return;
    await using workspace = createWorkspace(inject("runRoot"));
    await using anthropic = await claude.startModel();
    await using openai = await opencode.startModel();
    const left = claude.join(workspace, programs, anthropic);
    const right = opencode.join(workspace, programs, openai);
    await workspace.duolog("start");
    await workspace.duolog("stop");
    // OpenCode makes its database on its first run, and two at that do not go together.
    const first = right.ask("#slow=150");
    await openai.midAnswer("#slow");
    const others = [
      right.ask("#parallel"),
      left.ask("#task"),
      left.ask("#parallel"),
      left.ask("hello"),
      left.ask("#err400"),
    ];
    const ended = await Promise.all([first, ...others].map((run) => run.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 1]);
    expect([left.truth().sessions.length, right.truth().sessions.length]).toEqual([4, 2]);
    await expectRecord(workspace.dataDir, () => union(left.truth(), right.truth()));
    for (const { importArgs } of [left, right]) expectComplete(workspace.dataDir, importArgs);
  },
);
