import { readFileSync } from "node:fs";

/** Tokens as an answer's line tells them. */
export interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  output_tokens_details?: { thinking_tokens?: number };
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
}

/** A block of a message, with the keys of all its kinds that matter here. */
export interface Block {
  type: string;
  text?: string;
  thinking?: string;
  id?: string;
  name?: string;
  input?: Record<string, unknown>;
  tool_use_id?: string;
  content?: string | Block[];
  is_error?: boolean;
}

/** What Claude Code notes of a tool's result beside what the model gets. */
export interface ToolUseResult {
  interrupted?: boolean;
  durationMs?: number;
  totalDurationMs?: number;
  durationSeconds?: number;
}

/** The keys of a transcript's line that matter here. */
export interface Line {
  type: string;
  subtype?: string;
  uuid: string;
  timestamp?: string;
  sessionId: string;
  cwd?: string;
  gitBranch?: string;
  version?: string;
  agentId?: string;
  isSidechain?: boolean;
  isMeta?: boolean;
  isCompactSummary?: boolean;
  isApiErrorMessage?: boolean;
  promptSource?: string;
  origin?: { kind: string };
  attachment?: { type: string; prompt?: string };
  toolUseResult?: ToolUseResult | string;
  toolDenialKind?: string;
  message?: {
    id?: string;
    model?: string;
    content: string | Block[];
    stop_reason?: string | null;
    usage?: Usage;
  };
  customTitle?: string;
  aiTitle?: string;
  totalCostUSD?: number;
  startTime?: number;
  modelUsage?: Record<
    string,
    {
      inputTokens: number;
      outputTokens: number;
      thinkingTokens: number;
      cacheReadInputTokens: number;
      cacheCreationInputTokens: number;
    }
  >;
}

/** The whole lines of a transcript. */
export function linesOf(path: string): Line[] {
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return whole.flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

/** The blocks of a line's message; none where it has none. */
export function blocksOf(line: Line): Block[] {
  const content = line.message?.content ?? [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** Epoch ms of a line, in a list that is empty where it tells none. */
export function timeOf(line: Line): number[] {
  return line.timestamp === undefined ? [] : [Date.parse(line.timestamp)];
}

/** The texts of blocks, joined by a blank line; null where there are none. */
export function textOf(content: string | Block[]): string | null {
  if (typeof content === "string") return content === "" ? null : content;
  const texts = content.flatMap((block) =>
    block.type === "text" && block.text ? [block.text] : [],
  );
  return texts.length === 0 ? null : texts.join("\n\n");
}

/** What Claude Code wrote itself in a model's name. */
export function isSynthetic(line: Line): boolean {
  return line.message?.model === "<synthetic>";
}
