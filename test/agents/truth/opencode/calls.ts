import { isAbsolute, join } from "node:path";
import type { ToolCallRow } from "../rows.ts";
import type { StoredRow } from "./read.ts";

/** A tool part, as OpenCode stores it. */
interface ToolPart {
  type: string;
  callID: string;
  tool: string;
  state: {
    status: string;
    input: Record<string, unknown>;
    raw?: string;
    output?: string;
    error?: string;
    metadata?: { sessionId?: string; output?: string; interrupted?: boolean; exit?: number | null };
    time?: { start: number; end?: number };
  };
}

const KINDS: Record<string, string> = {
  bash: "shell",
  read: "read",
  write: "write",
  edit: "edit",
  task: "task",
  duolog_search: "mcp",
};

/** Whether a row of `part` is a tool call's. */
export function isCall(part: StoredRow): boolean {
  return (JSON.parse(part.data) as ToolPart).type === "tool";
}

/**
 * The call of a tool part.
 * @param position its place among all parts of its message
 * @param cwd the directory that relative paths are seen from
 */
export function callOf(row: StoredRow, position: number, cwd: string): ToolCallRow {
  const { callID, tool, state } = JSON.parse(row.data) as ToolPart;
  const { metadata = {}, time, input } = state;
  const hasRun = time !== undefined && state.raw === undefined;
  const completedAt = time?.end ?? null;
  const output = state.output ?? (state.status === "error" ? metadata.output : undefined);
  return {
    id: `${row.message_id}/${callID}`,
    sessionId: row.session_id,
    source: "opencode",
    messageId: row.message_id,
    agentId: null,
    isSidechain: null,
    position,
    name: tool,
    kind: KINDS[tool] ?? "other",
    status: statusOf(state),
    input: state.raw || input,
    output: output || null,
    error: state.error ?? null,
    filePath: pathOf(input, cwd),
    childSessionId: metadata.sessionId ?? null,
    childAgentId: null,
    createdAt: hasRun ? time.start : row.time_created,
    completedAt,
    durationMs: completedAt === null || time === undefined ? null : completedAt - time.start,
  };
}

function statusOf({ status, error = "", output = "", metadata = {} }: ToolPart["state"]): string {
  if (status === "pending" || status === "running") return "running";
  if (status === "completed") {
    return output.includes("User aborted the command") ? "interrupted" : "success";
  }
  if (metadata.interrupted === true || error.startsWith("Tool execution aborted")) {
    return "interrupted";
  }
  return /^(Error: )?The user (rejected permission|has specified a rule)/.test(error)
    ? "denied"
    : "error";
}

function pathOf(input: Record<string, unknown>, cwd: string): string | null {
  const path = input.filePath ?? input.path;
  if (typeof path !== "string") return null;
  return isAbsolute(path) ? path : join(cwd, path);
}
