import { asId, asObject, asText, type Json } from "../json.ts";
import { wireLine } from "../rows/text.ts";
import type { ToolKind } from "../rows/toolCall.ts";
import { pathIn } from "./filePath.ts";
import { toolKind } from "./toolKind.ts";

/** A call that a model made, as a block of an answer tells it. */
export interface ToolUse {
  readonly id: string;
  /** Place among the blocks of its line, from 0. */
  readonly order: number;
  readonly name: string | null;
  readonly kind: ToolKind;
  /** JSON. */
  readonly input: string | null;
  /** As the input has it, perhaps relative. */
  readonly path: string | null;
}

/** Calls that Claude Code runs, that the API runs itself, and that it has an MCP server run. */
const USES = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

/** The calls among an answer's blocks. */
export function toolUsesIn(blocks: readonly Json[]): ToolUse[] {
  return blocks.flatMap((block, order) => {
    const id = USES.has(String(block.type)) ? asId(block.id) : null;
    return id === null ? [] : [toToolUse(id, order, block)];
  });
}

function toToolUse(id: string, order: number, block: Json): ToolUse {
  const name = wireLine(asText(block.name));
  const input = block.input ?? null;
  return {
    id,
    order,
    name,
    kind: block.type === "mcp_tool_use" ? "mcp" : toolKind(name ?? ""),
    input: input === null ? null : JSON.stringify(input),
    path: wireLine(pathIn(asObject(input))),
  };
}
