import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { asFailure, Failure } from "../../failure.ts";
import type { Room } from "../room.ts";
import { files } from "./files.ts";
import { messages } from "./messages/messages.ts";
import { search } from "./search/search.ts";
import { sessions } from "./sessions.ts";
import type { Tool } from "./tool.ts";
import { usage } from "./usage.ts";

const TOOLS: Tool[] = [search, sessions, messages, files, usage];

/** What every tool is: it reads one record on this machine. */
const ANNOTATIONS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Claude Code's own id of a call, as it sends it with the call. */
const CALL_ID = "claudecode/toolUseId";

/** Adds all tools to a server. */
export function addTools(server: McpServer, room: Room): void {
  for (const { name, description, input, output, run } of TOOLS) {
    const config = {
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: ANNOTATIONS,
    };
    server.registerTool(name, config, async (given, { mcpReq }) => {
      const id = mcpReq._meta?.[CALL_ID];
      return result(() => run(room, given, { id: typeof id === "string" ? id : undefined }));
    });
  }
}

/** The answer, and the same as text for who reads no structure; or what is in the way, in words. */
async function result(run: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const text = JSON.stringify(await run());
    return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) };
  } catch (thrown) {
    const error = asFailure(thrown);
    if (!(error instanceof Failure)) throw error;
    return { content: [{ type: "text", text: error.message }], isError: true };
  }
}
