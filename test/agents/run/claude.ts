import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SEARCH } from "../fake/anthropic.ts";
import type { FakeModel } from "../fake/httpServer.ts";
import { type Refusal, type Talk, talkWith } from "./claudeTalk.ts";
import { type Running, start } from "./program.ts";
import type { Workspace } from "./workspace.ts";

/** The built plugin, as `--plugin-dir` wants it. */
export const CLAUDE_PLUGIN = fileURLToPath(
  new URL("../../../apps/claude-code-plugin", import.meta.url),
);

/** Claude Code in a workspace. */
export interface Claude {
  /** `$CLAUDE_CONFIG_DIR`, where the transcripts are. */
  configDir: string;
  /** Starts `claude -p PROMPT`; further arguments follow the usual ones. */
  run(prompt: string, ...args: string[]): Running;
  /** Starts one `claude -p` for many prompts; who is asked for a permission says `refusal`. */
  talk(refusal: Refusal, ...args: string[]): Talk;
  /** Starts `claude plugin …`. */
  plugin(...args: string[]): Running;
}

/** Sets up the pinned program against a fake model, with `plugin` (a directory) or without any. */
export function claudeIn(
  workspace: Workspace,
  program: string,
  model: FakeModel,
  plugin: string | null = CLAUDE_PLUGIN,
): Claude {
  const configDir = join(workspace.home, ".claude");
  const env = {
    ...workspace.env,
    CLAUDE_CONFIG_DIR: configDir,
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: "sk-ant-test-000",
    DISABLE_TELEMETRY: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_ERROR_REPORTING: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "3",
  };
  const plugins = plugin === null ? [] : ["--plugin-dir", plugin];
  const tools = ["--allowedTools", "Bash", "Task", "Agent", SEARCH];
  const setting = { cwd: workspace.project, env };
  const asking = ["--permission-prompt-tool", "stdio"];
  const streams = ["--input-format", "stream-json", "--output-format", "stream-json"];
  const json = [...streams, "--verbose", ...asking];
  return {
    configDir,
    plugin: (...args) => start(program, ["plugin", ...args], setting),
    run: (prompt, ...args) =>
      start(program, ["-p", prompt, ...plugins, ...args, ...tools], setting),
    talk: (refusal, ...args) => {
      const options = [
        "-p",
        ...json,
        ...plugins,
        ...args,
        "--allowedTools",
        "Task",
        "Agent",
        SEARCH,
      ];
      return talkWith(start(program, options, { ...setting, keepsInput: true }), refusal);
    },
  };
}
