import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Place } from "../place.ts";
import { isOff } from "./asking/settings.ts";
import { createRoom, type Room } from "./room.ts";
import { addTools } from "./tools/addTools.ts";

/** Who asks, as its plugin's declaration tells. */
export interface Declared {
  /** Whose plugin: `claude-code` or `opencode`. */
  agent?: string;
  /** Where the agent works, where that is not the process's own directory. */
  directory?: string;
}

/** What the agents are told of the server itself. */
const INSTRUCTIONS =
  "duolog records what was said and done in Claude Code and OpenCode sessions on this machine: look there for earlier work, decisions, commands and errors.";

/**
 * Serves the record to an agent on stdin and stdout, read-only, until stdin ends; then this process ends,
 * with what it started. Where the settings have it switched off for the agent whose plugin declared it,
 * there are no tools. Loads nothing more before an agent asks.
 */
export async function serveMcp(
  place: Place,
  env: NodeJS.ProcessEnv,
  declared: Declared,
): Promise<void> {
  const room = createRoom(place, env, { directory: declared.directory });
  const handle = serveStdio(() => serverFor(room, isOff(place.paths, declared.agent)));
  await ended(process.stdin, process.stdout);
  await handle.close();
  await room.close();
  // A call that is under way may wait for a daemon; nobody reads its answer.
  process.exit();
}

function serverFor(room: Room, off: boolean): McpServer {
  const info = { name: "duolog", version: room.place.version };
  if (off) return new McpServer(info);
  const capabilities = { tools: {} };
  const server = new McpServer(info, { capabilities, instructions: INSTRUCTIONS });
  addTools(server, room);
  return server;
}

/** Resolves once the agent has gone: it closed our input, or reads our output no more. */
function ended(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    input.once("end", resolve);
    input.once("close", resolve);
    input.once("error", () => resolve());
    output.once("error", () => resolve());
  });
}
