import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnthropic } from "../../agents/fake/anthropic.ts";
import { startOpenai } from "../../agents/fake/openai.ts";
import { installAgents, type Programs } from "../../agents/install.ts";
import { CLAUDE_PLUGIN, claudeIn } from "../../agents/run/claude.ts";
import { OPENCODE_PLUGIN, opencodeIn } from "../../agents/run/opencode.ts";
import type { Running } from "../../agents/run/program.ts";
import { createWorkspace } from "../../agents/run/workspace.ts";
import { addedTime, type Effort, type Figure, millis } from "../figure.ts";
import { callTime, interleave } from "../measure.ts";

/** Turns of a real program vary by more than a plugin adds, the short ones of Claude Code the most. */
const CLAUDE_FACTOR = 15;
const OPENCODE_FACTOR = 3;

async function programs(): Promise<Programs> {
  const found = await installAgents();
  if ("unreachable" in found) throw new Error(`agents not installed: ${found.unreachable}`);
  return found;
}

async function turn(run: (prompt: string) => Running): Promise<number> {
  return callTime(async () => {
    const { code, stderr } = await run("hello").ended;
    if (code !== 0) throw new Error(`the agent failed: ${stderr}`);
  });
}

/** A turn of Claude Code against one with a plugin whose hooks run `true`. */
export const claudeTurn: Figure = {
  name: "claude",
  async run({ rounds }: Effort) {
    const { claude } = await programs();
    await using model = await startAnthropic();
    await using ours = createWorkspace(tmpdir());
    await using bare = createWorkspace(tmpdir());
    await ours.duolog("start");
    const idle = join(bare.root, "plugin");
    for (const part of [".claude-plugin", "hooks"]) {
      cpSync(join(CLAUDE_PLUGIN, part), join(idle, part), { recursive: true });
    }
    const hooks = join(idle, "hooks", "hooks.json");
    const text = readFileSync(hooks, "utf8");
    writeFileSync(hooks, text.replaceAll(/"command": "sh .*"/g, '"command": "true"'));
    const measured = claudeIn(ours, claude, model);
    const floor = claudeIn(bare, claude, model, idle);
    const { sides, difference } = await interleave(
      rounds * CLAUDE_FACTOR,
      () => turn(measured.run),
      () => turn(floor.run),
    );
    return [addedTime("`claude -p` turn, against hooks that run `true`", sides, difference, 25)];
  },
};

/** A run of OpenCode against one with a plugin that does nothing. */
export const opencodeRun: Figure = {
  name: "opencode",
  async run({ rounds }: Effort) {
    const { opencode } = await programs();
    await using model = await startOpenai();
    await using ours = createWorkspace(tmpdir());
    await using bare = createWorkspace(tmpdir());
    await ours.duolog("start");
    const idle = join(bare.root, "plugin");
    cpSync(join(OPENCODE_PLUGIN, "package.json"), join(idle, "package.json"));
    mkdirSync(join(idle, "dist"));
    writeFileSync(join(idle, "dist", "plugin.js"), "export default async () => ({});\n");
    const measured = opencodeIn(ours, opencode, model);
    const floor = opencodeIn(bare, opencode, model, [idle]);
    const { sides, ratio } = await interleave(
      rounds * OPENCODE_FACTOR,
      () => turn(measured.run),
      () => turn(floor.run),
    );
    const percent = (ratio - 1) * 100;
    return [
      {
        what: "`opencode run`, against a plugin that does nothing",
        measured: millis(sides.measured),
        floor: millis(sides.floor),
        ratio: `${percent < 0 ? "" : "+"}${percent.toFixed(1)} %`,
        reach: "≤ +3 %",
        met: percent <= 3,
      },
    ];
  },
};
