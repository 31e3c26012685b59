/** What bin/duolog.js runs for `duolog mcp`: the agent that starts it waits until it has answered. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dataPaths, readConfig, resolveDataDir } from "@duolog/client/local";
import { type Known, serveFront } from "./front.ts";

/** Written by build.mjs: what the server behind answers first. Without it that answers itself. */
const KNOWN = fileURLToPath(new URL("./mcpKnown.json", import.meta.url));

process.umask(0o077);
const { values } = parseArgs({
  options: { agent: { type: "string" }, directory: { type: "string" } },
  strict: false,
});
const declared = values as { agent?: string; directory?: string };

/** What Claude Code's script has answered, and the line that it has read and not. */
const { DUOLOG_MCP_HEARD: heard = "", DUOLOG_MCP_NEXT: next = "", ...env } = process.env;
if (next !== "") process.stdin.unshift(`${next}\n`);

serveFront(
  process.stdin,
  process.stdout,
  isOff() ? null : knownThings(),
  (input, output) => {
    import("../serve.ts").then(({ serveMcp }) => serveMcp(env, declared, input, output));
  },
  heard.split("\n").filter(Boolean),
);
process.stdin.once("end", end).once("error", end);
process.stdout.once("error", end);

/** Whether the server behind has no tools for this agent: it says so itself. */
function isOff(): boolean {
  const setting = declared.agent === "claude-code" ? "claudeCode" : declared.agent;
  try {
    const config = readConfig(dataPaths(resolveDataDir())) as { mcp?: Record<string, unknown> };
    return setting !== undefined && config?.mcp?.[setting] === false;
  } catch {
    // It tells why it can't be read once it is asked.
    return false;
  }
}

function knownThings(): Known | null {
  return existsSync(KNOWN) ? JSON.parse(readFileSync(KNOWN, "utf8")) : null;
}

/** The agent has gone; a call that is under way may wait for a daemon, and nobody reads its answer. */
function end(): void {
  process.exit();
}
