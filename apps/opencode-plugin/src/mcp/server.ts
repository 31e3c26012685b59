import { existsSync } from "node:fs";
import { type DataPaths, readConfig, readRuntime } from "@duolog/client/local";

/** A local MCP server as OpenCode's configuration names one, in both versions. */
export interface LocalServer {
  type: "local";
  command: readonly string[];
  environment: Record<string, string>;
}

/**
 * How duolog's MCP server is started, from runtime.json; null where that names none that is there, or
 * where the settings have it switched off. Throws like fs.
 * @param directory where the agent works, where that is not where OpenCode starts its servers
 */
export function serverOf(paths: DataPaths, directory: string | null): LocalServer | null {
  const runtime = readRuntime(paths);
  if (!runtime?.cli || !existsSync(runtime.node) || !existsSync(runtime.cli)) return null;
  const { mcp } = (readConfig(paths) ?? {}) as { mcp?: { opencode?: unknown } | null };
  if (mcp?.opencode === false) return null;
  const place = directory === null ? [] : ["--directory", directory];
  return {
    type: "local",
    command: [runtime.node, runtime.cli, "mcp", "--agent", "opencode", ...place],
    environment: { DUOLOG_DATA_DIR: paths.root },
  };
}
