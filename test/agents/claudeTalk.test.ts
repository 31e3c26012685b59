import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENDLESS } from "./fake/script.ts";
import { claude } from "./run/agents.ts";
import { claudeIn } from "./run/claude.ts";
import type { Talk } from "./run/claudeTalk.ts";
import { programs, type Stage, stage } from "./scenarios.ts";
import { blocksOf, linesOf, textOf } from "./truth/claude/lines.ts";
import type { Rows } from "./truth/rows.ts";
import { called, happened, spoken, within } from "./truth/told.ts";

/** All conversations have one workspace; the last test imports them. */
describe.skipIf(programs === null)("Claude Code in one conversation", () => {
  let on: Stage;
  beforeAll(async () => {
    on = await stage(claude);
  });
  afterAll(() => on[Symbol.asyncDispose]());

  /** Who is asked for leave says no to files called `refused`. */
  function talk(): Talk {
    const { talk } = claudeIn(on.workspace, programs?.claude ?? "", on.model);
    return talk(({ file_path }) =>
      String(file_path).includes("refused") ? "Not on my machine." : null,
    );
  }

  /** The rows of the session that has said this. */
  function session(prompt: string): { id: string; rows: Rows } {
    const rows = on.seat.truth();
    const id = rows.messages.find(({ text }) => text === prompt)?.sessionId ?? "";
    return { id, rows: within(rows, id) };
  }

  /** The uuid of the line that holds this answer. */
  function lineOf(id: string, answer: string): string {
    const { configDir } = claudeIn(on.workspace, programs?.claude ?? "", on.model);
    const folder = on.workspace.project.replaceAll(/[^A-Za-z0-9]/g, "-");
    const lines = linesOf(join(configDir, "projects", folder, `${id}.jsonl`));
    return lines.find((line) => textOf(blocksOf(line)) === answer)?.uuid ?? "";
  }

  test("tools that fail, are refused and interrupted; a rename, a retry, a queued prompt", async () => {
    const talking = talk();
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
    const { id, rows } = session("#mixed");
    expect(called(rows)).toEqual([
      "shell error: echo half; exit 3",
      "read error: missing.txt",
      "write success: made.txt",
      "shell success: echo fine",
      "write denied: refused.txt",
      `shell interrupted: ${ENDLESS}`,
      "shell success: echo A",
      "shell success: echo B",
    ]);
    expect(rows.sessions.map(({ title }) => title)).toEqual(["My name"]);
    await on.recorded();
    expect(happened(on.workspace.dataDir, id)).toEqual([
      "interrupt: [Request interrupted by user for tool use]",
      "rename: My name",
      "injected: command",
      "injected: command output",
      "retry: 500 fake error 500",
    ]);
  });

  test("sub-agents: waited for, nested and in the background", async () => {
    const talking = talk();
    await talking.ask("#wait");
    await talking.ask("#nest");
    await talking.ask("#background");
    expect(await talking.end()).toMatchObject({ code: 0 });
    const { id, rows } = session("#wait");
    expect(called(rows)).toEqual([
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #wait below the first",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
      "task success: #bash do the sub work",
      "shell success: echo hello-from-bash",
    ]);
    expect(new Set(rows.toolCalls.flatMap(({ childAgentId }) => childAgentId ?? [])).size).toBe(4);
    await on.recorded();
    expect(happened(on.workspace.dataDir, id)).toEqual(["injected: task"]);
  });

  test("compaction by hand, by itself and for a prompt too long; a fork and a rewind after it", async () => {
    const talking = talk();
    await talking.ask("#bash first");
    await talking.ask("/compact");
    await talking.ask("#big");
    await talking.ask("after");
    await talking.ask("#overflow");
    expect(await talking.end()).toMatchObject({ code: 0 });
    const { id, rows } = session("#bash first");
    expect(spoken(rows).filter((line) => line.startsWith("user"))).toEqual([
      "user: #bash first",
      "user: #big",
      "user: after",
      "user: #overflow",
    ]);
    expect(called(rows)).toEqual(["shell success: echo hello-from-bash"]);
    await on.recorded();
    expect(happened(on.workspace.dataDir, id)).toEqual([
      "injected: command",
      "compaction: manual",
      "injected: command output",
      "compaction: auto",
      "compaction: auto",
    ]);
    expect(await on.ask("#bash forked", ...on.seat.fork(id))).toMatchObject({ code: 0 });
    const back = ["--resume-session-at", lineOf(id, "Answer to: after")];
    expect(await on.ask("rewound", ...on.seat.resume(id), ...back)).toMatchObject({ code: 0 });
    // What was rewound stays in the file, and nothing says that it was.
    expect(spoken(within(on.seat.truth(), id)).slice(-3)).toEqual([
      "assistant: Answer to: #overflow",
      "user: rewound",
      "assistant: Answer to: rewound",
    ]);
    await on.recorded();
  });

  test("an import of all that gives the same rows", async () => {
    await on.imported();
  });
});
