import { asCount, asId, asObject, asText, type Json, objectsOf } from "../json.ts";
import { blocksOf, textsIn } from "../lines/blocks.ts";
import type { ToolStatus } from "../rows/toolCall.ts";
import { pagesIn, toolDataOf } from "./toolData.ts";
import { type Ending, errorOf, statusOf } from "./toolStatus.ts";
import { readWords, type Words } from "./words.ts";

/** How a call ended, as a line tells it. */
export interface ToolResult {
  /** The call's. */
  readonly id: string;
  readonly status: ToolStatus;
  /** The text blocks that the model got, joined by a blank line. */
  readonly output: string | null;
  readonly error: string | null;
  /** JSON. */
  readonly data: string | null;
  /** As told, ms. */
  readonly durationMs: number | null;
  /** The sub-agent that it started. */
  readonly childAgentId: string | null;
  /** What a person said in it. */
  readonly words: Words | null;
}

/**
 * The results in a user's line. `toolUseResult` and what else the line tells belong to its only
 * result; of several in one line (up to 1.x) nothing says which one is meant.
 */
export function toolResultsIn(line: Json, blocks: readonly Json[]): ToolResult[] {
  const results = blocks.filter(({ type }) => type === "tool_result");
  const facts = results.length === 1 ? line : {};
  return results.flatMap((block) => readToolResult(block, facts) ?? []);
}

function readToolResult(block: Json, line: Json): ToolResult | null {
  const id = asId(block.tool_use_id);
  if (id === null) return null;
  const content = blocksOf(block.content);
  const result = asObject(line.toolUseResult);
  const text = textsIn(content).join("\n\n");
  const denialKind = asText(line.toolDenialKind);
  const ending: Ending = { isError: block.is_error === true, text, result, denialKind };
  return {
    id,
    status: statusOf(ending),
    output: asText(text),
    error: errorOf(ending),
    data: toolDataOf(ending, line, content),
    durationMs: durationIn(result),
    childAgentId: asId(result.agentId),
    words: readWords(ending),
  };
}

function durationIn(result: Json): number | null {
  const ms = asCount(result.durationMs) ?? asCount(result.totalDurationMs);
  const { durationSeconds } = result;
  return ms ?? (typeof durationSeconds === "number" ? asCount(durationSeconds * 1000) : null);
}

/**
 * The results of calls that the API ran itself, which stand in the answer beside their calls
 * (`web_search_tool_result`, `mcp_tool_result`, …).
 */
export function serverResultsIn(blocks: readonly Json[]): ToolResult[] {
  return blocks.flatMap((block) => {
    const id = String(block.type).endsWith("_tool_result") ? asId(block.tool_use_id) : null;
    return id === null ? [] : [toServerResult(id, block)];
  });
}

function toServerResult(id: string, block: Json): ToolResult {
  const content = blocksOf(block.content);
  const failure = asText(asObject(block.content).error_code);
  const isError = failure !== null || block.is_error === true;
  const text = asText(textsIn(content).join("\n\n"));
  return {
    id,
    status: isError ? "error" : "success",
    output: text,
    error: isError ? (failure ?? text) : null,
    data: pagesIn(objectsOf(block.content)),
    durationMs: null,
    childAgentId: null,
    words: null,
  };
}
