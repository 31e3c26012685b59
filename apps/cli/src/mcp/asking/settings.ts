import { type DataPaths, readConfig } from "@duolog/client/local";
import { checkSettings, problemText, type Settings } from "@duolog/contract/settings";
import { Failure } from "../../failure.ts";

/** What `config.json` says of agents that ask. */
export type McpSettings = Settings["mcp"];

/**
 * The settings, read anew each time. Throws Failure where what is said of agents can't be read: what a
 * person meant to keep from them must not be told for a comma's sake.
 */
export function mcpSettings(paths: DataPaths): McpSettings {
  const { settings, problems } = checkSettings(() => readConfig(paths));
  const problem = problems.find(({ setting }) => setting === "" || /^mcp\b/.test(setting));
  if (problem) {
    throw new Failure(`nothing is told before this is put right: ${problemText(problem)}`);
  }
  return settings.mcp;
}

/** Whether the settings have this server switched off for the agent whose plugin declared it. */
export function isOff(paths: DataPaths, agent: string | undefined): boolean {
  const { settings } = checkSettings(() => readConfig(paths));
  if (agent === "claude-code") return !settings.mcp.claudeCode;
  return agent === "opencode" && !settings.mcp.opencode;
}
