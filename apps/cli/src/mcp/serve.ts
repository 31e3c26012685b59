import type { Readable, Writable } from "node:stream";
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { findPlace } from "../place.ts";
import { isOff } from "./asking/settings.ts";
import { createRoom, type Room } from "./room.ts";
import { addTools } from "./tools/addTools.ts";

/** Who asks, as its plugin's declaration tells. */
interface Declared {
  /** Whose plugin: `claude-code` or `opencode`. */
  agent?: string;
  /** Where the agent works, where that is not the process's own directory. */
  directory?: string;
}

/** What the agents are told of the server itself. */
const INSTRUCTIONS =
  "duolog records what was said and done in Claude Code and OpenCode sessions on this machine: look there for earlier work, decisions, commands and errors.";

/**
 * Serves the record to an agent, read-only. Where the settings have it switched off for the agent whose
 * plugin declared it, there are no tools. Loads nothing more before an agent asks.
 */
export function serveMcp(
  env: NodeJS.ProcessEnv,
  { agent, directory }: Declared,
  input: Readable,
  output: Writable,
): void {
  const place = findPlace(env);
  const room = createRoom(place, env, { directory });
  const transport = new StdioServerTransport(input, output);
  serveStdio(() => serverFor(room, isOff(place.paths, agent)), { transport });
}

function serverFor(room: Room, off: boolean): McpServer {
  const info = { name: "duolog", version: room.place.version };
  if (off) return new McpServer(info);
  const capabilities = { tools: {} };
  const server = new McpServer(info, { capabilities, instructions: INSTRUCTIONS });
  addTools(server, room);
  return server;
}
