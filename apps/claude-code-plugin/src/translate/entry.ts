import { isStorable, MAX_COST, MAX_COUNT, MAX_ID, plausibleTime } from "@duolog/contract";
import { asCount, asText, isObject, type Json } from "./json.ts";
import type { Tokens } from "./known.ts";
import { type Prompt, readQueuedPrompt, readUserPrompt } from "./prompt.ts";

/** What every line may tell. Knowledge of the format: lode/claude/plugin-system.md. */
export interface Head {
  readonly uuid: string | null;
  /** Null where the line names none: it belongs to the file's session. */
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly sidechain: boolean;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  readonly promptId: string | null;
  readonly cwd: string | null;
  readonly gitBranch: string | null;
  readonly version: string | null;
}

/** One line of an assistant message: of one block in today's transcripts, of several in older ones. */
export interface AssistantLine {
  readonly id: string;
  readonly uuid: string | null;
  /** Place of the block in the message, where told. */
  readonly index: number | null;
  readonly texts: readonly string[];
  readonly model: string | null;
  readonly agent: string | null;
  readonly stopReason: string | null;
  readonly aborted: boolean;
  readonly error: string | null;
  readonly tokens: Tokens;
  /** The id of the `api-request` line that asked for it. */
  readonly requestRef: string | null;
}

/** What a line says; `cost` (USD) and its tokens are the whole session's so far. */
export type Body =
  | { readonly kind: "prompt"; readonly id: string; readonly text: string | null }
  | { readonly kind: "toolResult" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "assistant"; readonly line: AssistantLine }
  | { readonly kind: "request"; readonly id: string }
  | {
      readonly kind: "title";
      readonly rank: "custom" | "ai" | "summary";
      readonly text: string;
      /** The uuid of the line up to which a summary goes. */
      readonly leaf: string | null;
    }
  | { readonly kind: "cost"; readonly cost: number | null; readonly tokens: Tokens }
  | { readonly kind: "other" };

/** A line as read, or what is wrong with it. */
export type Parsed =
  | {
      readonly ok: true;
      readonly head: Head;
      readonly body: Body;
      /** Said where a half-written line stands before this one. */
      readonly torn: string | null;
    }
  | { readonly ok: false; readonly reason: string };

const OTHER: Body = { kind: "other" };

/** Reads one line; `ok: false` is for what is no JSON object or a known type in a broken shape. */
export function parseLine(text: string): Parsed {
  const whole = parseObject(text);
  if (whole) return read(whole, null);
  const rest = afterTorn(text);
  return rest
    ? read(rest, "a half-written line before a whole one")
    : { ok: false, reason: "not a JSON object" };
}

function read(line: Json, torn: string | null): Parsed {
  const body = readBody(line);
  return typeof body === "string"
    ? { ok: false, reason: body }
    : { ok: true, head: readHead(line), body, torn };
}

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** How a line of a transcript may begin. */
const BEGINNING = /\{"(parentUuid|type|sessionId|uuid|isSidechain)":/g;
/** How many beginnings are tried, and in how long a line, UTF-16 units. */
const MOST_BEGINNINGS = 20;
const LONGEST_TORN = 1024 * 1024;

/**
 * A Claude Code that is killed leaves half a line without its newline, and the one that resumes
 * the session writes its first line behind it.
 */
function afterTorn(text: string): Json | null {
  if (text.length > LONGEST_TORN) return null;
  const beginnings = [...text.matchAll(BEGINNING)].slice(0, MOST_BEGINNINGS);
  for (const { index } of beginnings) {
    const rest = index > 0 ? parseObject(text.slice(index)) : null;
    if (rest) return rest;
  }
  return null;
}

function readHead(line: Json): Head {
  return {
    uuid: asId(line.uuid),
    sessionId: asId(line.sessionId),
    agentId: asId(line.agentId),
    sidechain: line.isSidechain === true,
    at: asTime(line.timestamp),
    promptId: asId(line.promptId),
    cwd: asText(line.cwd),
    gitBranch: asText(line.gitBranch),
    version: asText(line.version),
  };
}

/** A known type's content, or what is wrong with it. */
function readBody(line: Json): Body | string {
  switch (line.type) {
    case "user":
      return readUser(line);
    case "assistant":
      return readAssistant(line);
    case "attachment":
      return readAttachment(line);
    case "api-request":
      return typeof line.id === "string" ? { kind: "request", id: line.id } : OTHER;
    case "custom-title":
      return readTitle("custom", line.customTitle, null);
    case "ai-title":
      return readTitle("ai", line.aiTitle, null);
    case "summary":
      return readTitle("summary", line.summary, asId(line.leafUuid));
    case "cost-state":
      return readCost(line);
    default:
      return OTHER;
  }
}

function readUser(line: Json): Body | string {
  const content = isObject(line.message) ? line.message.content : undefined;
  if (typeof content !== "string" && !Array.isArray(content)) return "user: no message.content";
  const prompt = readUserPrompt(line, content);
  if (prompt.kind === "human") return toPrompt(line, prompt);
  if (Array.isArray(content)) {
    const blocks = content.filter(isObject);
    if (blocks.some((block) => block.type === "tool_result")) return { kind: "toolResult" };
    const [first] = blocks;
    if (isInterruption(first?.text)) return { kind: "interrupted" };
  }
  return isInterruption(content) ? { kind: "interrupted" } : OTHER;
}

function isInterruption(text: unknown): boolean {
  return typeof text === "string" && text.startsWith("[Request interrupted by user");
}

function readAttachment(line: Json): Body | string {
  const { attachment } = line;
  if (!isObject(attachment) || attachment.type !== "queued_command") return OTHER;
  const prompt = readQueuedPrompt(attachment);
  return prompt.kind === "human" ? toPrompt(line, prompt) : OTHER;
}

function toPrompt(line: Json, prompt: Prompt & { kind: "human" }): Body | string {
  const id = asId(line.uuid);
  return id ? { kind: "prompt", id, text: prompt.text } : "user: no uuid";
}

function readAssistant(line: Json): Body | string {
  const { message } = line;
  if (!isObject(message)) return "assistant: no message";
  const { content } = message;
  if (!Array.isArray(content) && typeof content !== "string") return "assistant: no content";
  const synthetic = message.model === "<synthetic>";
  const failed = line.isApiErrorMessage === true;
  // Filler such as "No response requested.": nobody said it.
  if (synthetic && !failed) return OTHER;
  const uuid = asId(line.uuid);
  const id = synthetic ? uuid : (asId(message.id) ?? uuid);
  if (!id) return "assistant: no id";
  const texts = readTexts(content);
  return {
    kind: "assistant",
    line: {
      id,
      uuid,
      index: asCount(line.apiBlockIndex, MAX_COUNT),
      texts,
      model: synthetic ? null : asText(message.model),
      agent: asText(line.attributionAgent),
      stopReason: synthetic ? null : asText(message.stop_reason),
      aborted: line.isAbortedMidStream === true,
      error: failed ? (asText(texts.join("\n\n")) ?? "API error") : null,
      tokens: readUsage(isObject(message.usage) ? message.usage : {}),
      requestRef: asText(line.requestRef),
    },
  };
}

function readTexts(content: string | readonly unknown[]): string[] {
  if (typeof content === "string") return content === "" ? [] : [content];
  const blocks = content.filter(isObject).filter((block) => block.type === "text");
  return blocks.flatMap((block) => asText(block.text) ?? []);
}

function readUsage(usage: Json): Tokens {
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    input: asCount(usage.input_tokens, MAX_COUNT),
    output: asCount(usage.output_tokens, MAX_COUNT),
    thinking: asCount(details.thinking_tokens, MAX_COUNT),
    cacheRead: asCount(usage.cache_read_input_tokens, MAX_COUNT),
    cacheWrite: asCount(usage.cache_creation_input_tokens, MAX_COUNT),
  };
}

function readTitle(
  rank: "custom" | "ai" | "summary",
  title: unknown,
  leaf: string | null,
): Body | string {
  if (typeof title !== "string") return `${rank} title: no text`;
  return { kind: "title", rank, text: title, leaf };
}

/** What Claude Code itself counted, over the whole session and all models. */
function readCost(line: Json): Body | string {
  const { modelUsage, totalCostUSD } = line;
  if (!isObject(modelUsage)) return "cost-state: no modelUsage";
  const models = Object.values(modelUsage).filter(isObject);
  const sum = (field: string) =>
    models.reduce(
      (total, model) => Math.min(MAX_COUNT, total + (asCount(model[field], MAX_COUNT) ?? 0)),
      0,
    );
  const cost = typeof totalCostUSD === "number" ? totalCostUSD : Number.NaN;
  return {
    kind: "cost",
    cost: cost >= 0 && cost <= MAX_COST ? cost : null,
    tokens: {
      input: sum("inputTokens"),
      output: sum("outputTokens"),
      thinking: sum("thinkingTokens"),
      cacheRead: sum("cacheReadInputTokens"),
      cacheWrite: sum("cacheCreationInputTokens"),
    },
  };
}

/** An id that a row can have; cutting or mending one would make it another's. */
function asId(value: unknown): string | null {
  if (typeof value !== "string" || value === "" || value.length > MAX_ID) return null;
  return isStorable(value) ? value : null;
}

/** Epoch ms of an ISO time. */
function asTime(value: unknown): number | null {
  return typeof value === "string" ? plausibleTime(Date.parse(value)) : null;
}
