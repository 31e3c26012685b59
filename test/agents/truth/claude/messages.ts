import { type MessageRow, NO_TOKENS } from "../rows.ts";
import { type Block, blocksOf, isSynthetic, type Line, textOf, timeOf } from "./lines.ts";

/** The messages that a transcript holds, a sub-agent's with its type. */
export function messagesOf(lines: Line[], agentType: string | null): MessageRow[] {
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
    reasoning: null,
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
  const blocks = lines.flatMap(blocksOf);
  const text = textOf(blocks);
  const times = lines.flatMap(timeOf);
  const usage = last.message?.usage;
  const row = {
    ...common(last, agentType),
    id,
    role: "assistant",
    reasoning: reasoningOf(blocks),
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

/** "No response requested." and the like, which nobody said. */
function isFiller(line: Line): boolean {
  return isSynthetic(line) && line.isApiErrorMessage !== true;
}

function reasoningOf(blocks: Block[]): string | null {
  const texts = blocks.flatMap(({ thinking }) => (thinking ? [thinking] : []));
  return texts.length === 0 ? null : texts.join("\n\n");
}
