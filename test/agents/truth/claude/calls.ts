import { isAbsolute, join } from "node:path";
import { SEARCH } from "../../fake/anthropic.ts";
import type { ToolCallRow } from "../rows.ts";
import {
  type Block,
  blocksOf,
  isSynthetic,
  type Line,
  type ToolUseResult,
  textOf,
  timeOf,
} from "./lines.ts";

const KINDS: Record<string, string> = {
  Bash: "shell",
  Read: "read",
  Write: "write",
  Edit: "edit",
  Task: "task",
  Agent: "task",
  ToolSearch: "search",
  [SEARCH]: "mcp",
};

/**
 * The tool calls of transcripts: what an answer's blocks ask for, and the result that a later line
 * of the same session has for it.
 * @param children the sub-agents by the calls that started them
 */
export function callsOf(lines: Line[], children: Map<string, string>): ToolCallRow[] {
  const answers = lines.filter((line) => line.type === "assistant" && !isSynthetic(line));
  const seen = new Map<string, number>();
  return answers.flatMap((line) => {
    const message = `${line.sessionId} ${line.message?.id}`;
    return blocksOf(line).flatMap((block) => {
      const position = seen.get(message) ?? 0;
      seen.set(message, position + 1);
      if (block.type !== "tool_use" || block.id === undefined) return [];
      const result = lines.find(
        (other) => other.sessionId === line.sessionId && resultIn(other, block.id) !== undefined,
      );
      return [callRow(line, block, position, result, children)];
    });
  });
}

function resultIn(line: Line, id: string | undefined): Block | undefined {
  if (line.type !== "user") return undefined;
  return blocksOf(line).find((block) => block.tool_use_id === id);
}

function callRow(
  line: Line,
  { id = "", name = "", input = {} }: Block,
  position: number,
  end: Line | undefined,
  children: Map<string, string>,
): ToolCallRow {
  return {
    id,
    sessionId: line.sessionId,
    source: "claude-code",
    messageId: line.message?.id ?? null,
    agentId: line.agentId ?? null,
    isSidechain: line.isSidechain ?? null,
    position,
    name,
    kind: KINDS[name] ?? "other",
    input,
    filePath: pathOf(input, line.cwd ?? ""),
    childSessionId: null,
    childAgentId: children.get(id) ?? null,
    createdAt: timeOf(line)[0] ?? null,
    ...(end === undefined ? RUNNING : endOf(end, resultIn(end, id) as Block, timeOf(line)[0])),
  };
}

const RUNNING = {
  status: "running",
  output: null,
  error: null,
  completedAt: null,
  durationMs: null,
};

function endOf(line: Line, block: Block, began = 0) {
  const output = textOf(block.content ?? "");
  const status = statusOf(line, block, output ?? "");
  const told = noteOf(line);
  const completedAt = timeOf(line)[0] ?? null;
  const seconds = told.durationSeconds === undefined ? null : told.durationSeconds * 1_000;
  return {
    status,
    output,
    error: status === "success" ? null : errorIn(block, output ?? ""),
    completedAt,
    durationMs: told.durationMs ?? told.totalDurationMs ?? seconds ?? (completedAt ?? 0) - began,
  };
}

function noteOf({ toolUseResult }: Line): ToolUseResult {
  return typeof toolUseResult === "object" && !Array.isArray(toolUseResult) ? toolUseResult : {};
}

function statusOf(line: Line, block: Block, output: string): string {
  const { toolDenialKind } = line;
  if (output.includes("stopped while running, not refused")) return "interrupted";
  if (toolDenialKind === "interrupted" || toolDenialKind === "cancelled") return "interrupted";
  if (toolDenialKind !== undefined) return "denied";
  if (noteOf(line).interrupted === true) return "interrupted";
  if (block.is_error !== true) return "success";
  return /haven't granted it yet|doesn't want to (proceed|take this action)/.test(output)
    ? "denied"
    : "error";
}

/** Of a command that failed its exit code: what it wrote is output. */
function errorIn(block: Block, output: string): string | null {
  if (block.is_error !== true) return null;
  const code = /^Exit code \d+/.exec(output)?.[0];
  return code ?? output.replaceAll(/<\/?tool_use_error>/g, "");
}

function pathOf(input: Record<string, unknown>, cwd: string): string | null {
  const path = input.file_path ?? input.path;
  if (typeof path !== "string") return null;
  return isAbsolute(path) ? path : join(cwd, path);
}
