import {
  asCost,
  asCount,
  asId,
  asObject,
  asText,
  isObject,
  type Json,
  objectsOf,
} from "../json.ts";
import { wireLine } from "../rows/text.ts";
import type { Tokens } from "../rows/tokens.ts";
import { serverResultsIn, type ToolResult } from "../tools/toolResult.ts";
import { type ToolUse, toolUsesIn } from "../tools/toolUse.ts";
import { blocksOf, textsIn } from "./blocks.ts";
import { isSpreadText } from "./shape.ts";

/** One line of an assistant message: of one block in today's transcripts, of several in older ones. */
export interface AssistantLine {
  readonly id: string;
  readonly uuid: string | null;
  /** Place of the block in the message, where told. */
  readonly index: number | null;
  readonly texts: readonly string[];
  /** What the model thought. */
  readonly thoughts: readonly string[];
  readonly calls: readonly ToolUse[];
  /** Of the calls that the API ran itself. */
  readonly results: readonly ToolResult[];
  /** What each block is known by when it is repeated. */
  readonly marks: readonly string[];
  readonly model: string | null;
  readonly agent: string | null;
  readonly stopReason: string | null;
  readonly aborted: boolean;
  readonly error: string | null;
  /** What else is told of the error. */
  readonly errorData: Json;
  readonly tokens: Tokens;
  /** What each asking of the advisor, another model, took. */
  readonly advisors: readonly Json[];
  /** USD; to 1.0.8. */
  readonly cost: number | null;
  /** ms; to 1.0.8. */
  readonly durationMs: number | null;
  readonly requestId: string | null;
  /** The id of the `api-request` line that asked for it. */
  readonly requestRef: string | null;
}

/**
 * Reads a line of type `assistant`: null where nobody said it (filler such as "No response
 * requested."), a text where it is broken.
 */
export function readAssistant(line: Json): AssistantLine | string | null {
  const { message } = line;
  if (!isObject(message)) return "assistant: no message";
  const { content } = message;
  if (!Array.isArray(content) && typeof content !== "string") return "assistant: no content";
  const synthetic = message.model === "<synthetic>";
  const failed = line.isApiErrorMessage === true;
  if (synthetic && !failed) return null;
  const uuid = asId(line.uuid);
  const id = synthetic ? uuid : (asId(message.id) ?? uuid);
  if (!id) return "assistant: no id";
  const usage = asObject(message.usage);
  const told: AssistantLine = {
    id,
    uuid,
    index: asCount(line.apiBlockIndex),
    ...readBlocks(blocksOf(content), failed),
    model: synthetic ? null : asText(message.model),
    agent: asText(line.attributionAgent),
    stopReason: synthetic ? null : asText(message.stop_reason),
    aborted: line.isAbortedMidStream === true,
    errorData: { status: asCount(line.apiErrorStatus), error: asText(line.error) },
    tokens: readUsage(usage),
    advisors: readAdvisors(usage),
    cost: asCost(line.costUSD),
    durationMs: asCount(line.durationMs),
    requestId: wireLine(asText(line.requestId)),
    requestRef: asText(line.requestRef),
  };
  return isEmpty(told, message) ? "assistant: an empty message" : told;
}

/** It would be a row that says nothing. */
function isEmpty(told: AssistantLine, message: Json): boolean {
  const { texts, thoughts, calls, results, model, stopReason, error, cost } = told;
  if ([texts, thoughts, calls, results].some(({ length }) => length > 0)) return false;
  if (isSpreadText(message)) return true;
  const facts = [model, stopReason, error, cost, ...Object.values(told.tokens)];
  return facts.every((fact) => fact === null);
}

type Blocks = Pick<AssistantLine, "texts" | "thoughts" | "calls" | "results" | "marks" | "error">;

function readBlocks(blocks: readonly Json[], failed: boolean): Blocks {
  const texts = textsIn(blocks);
  return {
    texts,
    thoughts: blocks.flatMap((block) =>
      block.type === "thinking" ? (asText(block.thinking) ?? []) : [],
    ),
    calls: toolUsesIn(blocks),
    results: serverResultsIn(blocks),
    marks: blocks.map(markOf),
    error: failed ? (asText(texts.join("\n\n")) ?? "API error") : null,
  };
}

/** A text or thought that grows begins as it did before; a call keeps its id. */
function markOf(block: Json): string {
  const { type, id, text, thinking, signature, data, tool_use_id } = block;
  const own = text ?? (thinking || signature) ?? data;
  return own === undefined ? `${type}=${id ?? tool_use_id}\n` : `${type}:${own}`;
}

function readUsage(usage: Json): Tokens {
  return {
    input: asCount(usage.input_tokens),
    output: asCount(usage.output_tokens),
    thinking: asCount(asObject(usage.output_tokens_details).thinking_tokens),
    cacheRead: asCount(usage.cache_read_input_tokens),
    cacheWrite: asCount(usage.cache_creation_input_tokens),
    cacheWrite1h: asCount(asObject(usage.cache_creation).ephemeral_1h_input_tokens),
  };
}

/** The advisor's tokens, which the usage's own sums leave out (ccusage/ccusage#1115). */
function readAdvisors(usage: Json): Json[] {
  const asked = objectsOf(usage.iterations).filter(({ type }) => type === "advisor_message");
  return asked.map((one) => {
    const { input, output, cacheRead, cacheWrite } = readUsage(one);
    return {
      what: "advisor",
      model: asText(one.model),
      promptTokens: input,
      completionTokens: output,
      cacheReadTokens: cacheRead,
      cacheWriteTokens: cacheWrite,
    };
  });
}
