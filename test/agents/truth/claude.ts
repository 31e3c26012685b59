import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type MessageRow, NO_TOKENS, type Rows, type SessionRow, sorted } from "./record.ts";

interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  output_tokens_details?: { thinking_tokens?: number };
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
}

interface Block {
  type: string;
  text?: string;
}

/** The keys of a transcript's line that matter here. */
interface Line {
  type: string;
  uuid: string;
  timestamp?: string;
  sessionId: string;
  cwd?: string;
  gitBranch?: string;
  version?: string;
  agentId?: string;
  isMeta?: boolean;
  isCompactSummary?: boolean;
  isApiErrorMessage?: boolean;
  promptSource?: string;
  origin?: { kind: string };
  attachment?: { type: string; prompt?: string };
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

/** What Claude Code wrote in its transcripts, as the rows that the record must hold. */
export function readClaude(configDir: string): Rows {
  const projects = join(configDir, "projects");
  if (!existsSync(projects)) return { sessions: [], messages: [] };
  const files = readdirSync(projects, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => ({ name: basename(file, ".jsonl"), path: join(projects, file) }));
  const messages = files.flatMap(({ path }) => messagesOf(linesOf(path), agentTypeOf(path)));
  const sessions = files
    .filter(({ name }) => !name.startsWith("agent-"))
    .map(({ name, path }) => {
      const own = messages.filter((message) => message.sessionId === name);
      return sessionOf(name, linesOf(path), own);
    });
  return sorted({ sessions, messages });
}

function linesOf(path: string): Line[] {
  const text = readFileSync(path, "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

/** A sub-agent's type stands in a file beside its transcript. */
function agentTypeOf(path: string): string | null {
  const meta = path.replace(/\.jsonl$/, ".meta.json");
  if (!existsSync(meta)) return null;
  return (JSON.parse(readFileSync(meta, "utf8")) as { agentType: string }).agentType;
}

function sessionOf(id: string, lines: Line[], messages: MessageRow[]): SessionRow {
  const cost = lines.findLast((line) => line.type === "cost-state");
  const used = Object.values(cost?.modelUsage ?? {});
  const sum = (pick: (usage: (typeof used)[number]) => number) =>
    cost === undefined ? null : used.reduce((total, usage) => total + pick(usage), 0);
  const about = lines.find((line) => line.cwd !== undefined);
  const own = messages.filter((message) => message.agentId === null);
  return {
    id,
    source: "claude-code",
    title: titleOf(lines, own),
    projectPath: about?.cwd ?? null,
    projectName: about?.cwd === undefined ? null : basename(about.cwd),
    gitBranch: about?.gitBranch ?? null,
    parentId: null,
    model: byTime(own).findLast((message) => message.model !== null)?.model ?? null,
    agentVersion: about?.version ?? null,
    promptTokens: sum((usage) => usage.inputTokens),
    completionTokens: sum((usage) => usage.outputTokens),
    reasoningTokens: sum((usage) => usage.thinkingTokens),
    cacheReadTokens: sum((usage) => usage.cacheReadInputTokens),
    cacheWriteTokens: sum((usage) => usage.cacheCreationInputTokens),
    cost: cost?.totalCostUSD ?? null,
    createdAt: lines.flatMap(timeOf)[0] ?? null,
    updatedAt: Math.max(...lines.flatMap(timeOf)),
  };
}

/** Renamed by the user, else generated, else the first prompt in the file (queued ones have earlier times). */
function titleOf(lines: Line[], messages: MessageRow[]): string | null {
  const given = lines.findLast((line) => line.type === "custom-title")?.customTitle;
  const generated = lines.findLast((line) => line.type === "ai-title")?.aiTitle;
  const prompt = messages.find((message) => message.role === "user")?.text;
  return given ?? generated ?? prompt ?? null;
}

function byTime(messages: MessageRow[]): MessageRow[] {
  return messages.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}

function messagesOf(lines: Line[], agentType: string | null): MessageRow[] {
  const prompts = lines.flatMap((line) => {
    const text = promptOf(line);
    return text === null ? [] : [promptRow(line, text, agentType)];
  });
  const answers = new Map<string, Line[]>();
  for (const line of lines.filter((line) => line.type === "assistant" && !isFiller(line))) {
    const id = isSynthetic(line) ? line.uuid : (line.message?.id ?? line.uuid);
    answers.set(id, [...(answers.get(id) ?? []), line]);
  }
  return [...prompts, ...[...answers].map(([id, own]) => answerRow(id, own, agentType))];
}

/** The text of a human's prompt, of a queued one, or of a sub-agent's first; null for all else. */
function promptOf(line: Line): string | null {
  if (line.attachment?.type === "queued_command") return line.attachment.prompt ?? null;
  if (line.type !== "user" || line.isMeta || line.isCompactSummary) return null;
  if (line.promptSource === "system" || line.origin?.kind === "task-notification") return null;
  const content = line.message?.content ?? "";
  if (typeof content !== "string" && content.some((block) => block.type === "tool_result")) {
    return null;
  }
  const text = textOf(content);
  // What Claude Code ran by itself (`!ls`, `/compact`), or says of an interruption.
  if (text === null || /^(<local-command-|<bash-|\[Request interrupted)/.test(text)) return null;
  if (line.promptSource === undefined && text.startsWith("<command-name>")) return null;
  const command = /<command-name>(\/[^<]+)<\/command-name>/.exec(text)?.[1];
  if (command === undefined) return text;
  const given = /<command-args>([^<]*)<\/command-args>/.exec(text)?.[1] ?? "";
  return `${command} ${given}`.trim();
}

function promptRow(line: Line, text: string, agentType: string | null): MessageRow {
  return {
    ...common(line, agentType),
    id: line.uuid,
    role: "user",
    text,
    model: null,
    provider: null,
    finishReason: null,
    error: null,
    ...NO_TOKENS,
    createdAt: timeOf(line)[0] ?? null,
    completedAt: null,
  };
}

function answerRow(id: string, lines: Line[], agentType: string | null): MessageRow {
  const last = lines.at(-1) as Line;
  const text = textOf(lines.flatMap((line) => line.message?.content as Block[]));
  const times = lines.flatMap(timeOf);
  const usage = last.message?.usage;
  const row = {
    ...common(last, agentType),
    id,
    role: "assistant",
    promptTokens: usage?.input_tokens ?? null,
    completionTokens: usage?.output_tokens ?? null,
    reasoningTokens: usage?.output_tokens_details?.thinking_tokens ?? null,
    cacheReadTokens: usage?.cache_read_input_tokens ?? null,
    cacheWriteTokens: usage?.cache_creation_input_tokens ?? null,
    createdAt: times[0] ?? null,
  };
  if (isSynthetic(last)) return { ...row, ...NO_ANSWER, text, error: text };
  const finishReason = last.message?.stop_reason ?? null;
  return {
    ...row,
    text,
    model: last.message?.model ?? null,
    provider: "anthropic",
    finishReason,
    error: null,
    completedAt: finishReason === null ? null : (times.at(-1) ?? null),
  };
}

/** What an error that stands in an answer's place has none of: no model said it. */
const NO_ANSWER = {
  model: null,
  provider: null,
  finishReason: null,
  completedAt: null,
};

function common(line: Line, agentType: string | null) {
  return {
    sessionId: line.sessionId,
    source: "claude-code",
    agent: agentType,
    agentId: line.agentId ?? null,
    cost: null,
  };
}

function isSynthetic(line: Line): boolean {
  return line.message?.model === "<synthetic>";
}

/** "No response requested." and the like, which nobody said. */
function isFiller(line: Line): boolean {
  return isSynthetic(line) && line.isApiErrorMessage !== true;
}

function textOf(content: string | Block[]): string | null {
  if (typeof content === "string") return content === "" ? null : content;
  const texts = content.flatMap((block) =>
    block.type === "text" && block.text ? [block.text] : [],
  );
  return texts.length === 0 ? null : texts.join("\n\n");
}

function timeOf(line: Line): number[] {
  return line.timestamp === undefined ? [] : [Date.parse(line.timestamp)];
}
