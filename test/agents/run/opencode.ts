import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FakeModel } from "../fake/httpServer.ts";
import { MODEL, SMALL_MODEL } from "../fake/openai.ts";
import { type OpencodeServer, serverOf } from "./opencodeServer.ts";
import { type Running, start } from "./program.ts";
import type { Workspace } from "./workspace.ts";

/** The built plugin, as OpenCode's `plugin` list wants it. */
export const OPENCODE_PLUGIN = fileURLToPath(
  new URL("../../../apps/opencode-plugin", import.meta.url),
);

/** The same beside one that writes down the types of events. */
export const WITH_PROBE = [
  OPENCODE_PLUGIN,
  fileURLToPath(new URL("typeProbe.mjs", import.meta.url)),
];

/** OpenCode in a workspace. */
export interface Opencode {
  /** OpenCode's own store. */
  database: string;
  /** Where the probe writes down the types of its events. */
  eventTypes: string;
  /** Starts `opencode run ARGS PROMPT`. */
  run(prompt: string, ...args: string[]): Running;
  /** Starts `opencode serve`, which asks before it writes a file. */
  serve(): Promise<OpencodeServer>;
}

/**
 * Sets up a program against a fake model, with `plugins` (their paths). An older one refuses
 * a key that it does not know: `newer` is what only the pinned one is told.
 */
export function opencodeIn(
  workspace: Workspace,
  program: string,
  model: FakeModel,
  plugins: string[] = [OPENCODE_PLUGIN],
  newer: Record<string, unknown> = { subagent_depth: 2 },
): Opencode {
  const xdg = (name: string) => join(workspace.home, name);
  const eventTypes = join(workspace.root, "event-types");
  const env = {
    ...workspace.env,
    EVENT_TYPES: eventTypes,
    XDG_CONFIG_HOME: xdg(".config"),
    XDG_DATA_HOME: xdg("share"),
    XDG_STATE_HOME: xdg("state"),
    XDG_CACHE_HOME: xdg("cache"),
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    OPENCODE_DISABLE_SHARE: "1",
    OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    // With a plugin configured, OpenCode waits at start for an npm install of its plugin types.
    npm_config_offline: "true",
    OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS: "1",
  };
  const folder = join(xdg(".config"), "opencode");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "opencode.json"),
    JSON.stringify({ ...config(model, plugins), ...newer }, null, 2),
  );
  return {
    database: join(xdg("share"), "opencode", "opencode.db"),
    eventTypes,
    run: (prompt, ...args) =>
      start(program, ["run", ...args, prompt], { cwd: workspace.project, env }),
    serve: () =>
      serverOf(
        start(program, ["serve", "--port", "0"], {
          cwd: workspace.project,
          env: { ...env, OPENCODE_PERMISSION: JSON.stringify({ edit: "ask" }) },
          limitMs: 600_000,
        }),
      ),
  };
}

function config(model: FakeModel, plugins: string[]) {
  const shared = { tool_call: true, limit: { context: 100_000, output: 4_096 } };
  const cost = { input: 1, output: 2, cache_read: 0.1, cache_write: 1.25 };
  return {
    model: `fake/${MODEL}`,
    small_model: `fake/${SMALL_MODEL}`,
    enabled_providers: ["fake"],
    plugin: plugins,
    permission: { bash: "allow", edit: "allow", task: "allow" },
    agent: { general: { permission: { task: "allow" } } },
    provider: {
      fake: {
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: `${model.url}/v1`, apiKey: "sk-test" },
        models: {
          [MODEL]: { ...shared, reasoning: true, cost },
          [SMALL_MODEL]: { ...shared, cost },
        },
      },
    },
  };
}
