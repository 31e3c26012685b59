import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withInference } from "../inference.ts";
import { type MessageRow, NO_ROWS, type Rows, type SessionRow, sorted } from "../rows.ts";
import { callsOf } from "./calls.ts";
import { type Line, linesOf, timeOf } from "./lines.ts";
import { messagesOf } from "./messages.ts";

/** What Claude Code wrote in its transcripts, as the rows that the record must hold. */
export function readClaude(configDir: string): Rows {
  const projects = join(configDir, "projects");
  if (!existsSync(projects)) return NO_ROWS;
  const files = readdirSync(projects, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => ({ name: basename(file, ".jsonl"), path: join(projects, file) }));
  const messages = files.flatMap(({ path }) => messagesOf(linesOf(path), agentTypeOf(path)));
  const calls = callsOf(
    files.flatMap(({ path }) => linesOf(path)),
    childrenOf(files.flatMap(({ path }) => metaOf(path) ?? [])),
  );
  const sessions = files
    .filter(({ name }) => !name.startsWith("agent-"))
    .map(({ name, path }) => {
      const own = messages.filter((message) => message.sessionId === name);
      return sessionOf(name, linesOf(path), own);
    });
  return sorted({ sessions, messages, toolCalls: withInference(calls, messages) });
}

/** What stands beside a sub-agent's transcript: its type, and the call that started it. */
interface Meta {
  agentId: string;
  agentType: string;
  toolUseId?: string;
}

function metaOf(path: string): Meta | null {
  const file = path.replace(/\.jsonl$/, ".meta.json");
  if (!existsSync(file)) return null;
  const agentId = basename(path, ".jsonl").replace(/^agent-/, "");
  return { ...(JSON.parse(readFileSync(file, "utf8")) as Omit<Meta, "agentId">), agentId };
}

function agentTypeOf(path: string): string | null {
  return metaOf(path)?.agentType ?? null;
}

/** The sub-agents by the calls that started them. */
function childrenOf(metas: Meta[]): Map<string, string> {
  return new Map(
    metas.flatMap(({ toolUseId, agentId }) =>
      toolUseId === undefined ? [] : [[toolUseId, agentId] as const],
    ),
  );
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
