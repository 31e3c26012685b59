import { column, completeToolCall, type ToolCallUpsert } from "@duolog/contract";
import { SOURCE } from "./source.ts";
import { wholeText } from "./text.ts";

/** What a call is: the agent's tools by what they do. */
export type ToolKind =
  | "shell"
  | "read"
  | "edit"
  | "write"
  | "search"
  | "web"
  | "task"
  | "mcp"
  | "todo"
  | "question"
  | "skill"
  | "other";

/** How a call is, or ended. */
export type ToolStatus = "running" | "success" | "error" | "denied" | "interrupted";

/** A tool call as far as lines tell; what they do not tell is absent or null. Times are epoch ms, `durationMs` ms; texts are whole. */
export interface KnownToolCall {
  readonly id: string;
  readonly sessionId: string;
  readonly messageId?: string | null;
  readonly agentId?: string | null;
  readonly isSidechain?: boolean | null;
  /** Place among the blocks of its message, from 0. */
  readonly position?: number | null;
  readonly name?: string | null;
  readonly kind?: ToolKind | null;
  readonly status?: ToolStatus | null;
  /** JSON. */
  readonly input?: string | null;
  readonly output?: string | null;
  readonly error?: string | null;
  readonly filePath?: string | null;
  readonly childAgentId?: string | null;
  /** JSON. */
  readonly data?: string | null;
  readonly createdAt?: number | null;
  readonly completedAt?: number | null;
  readonly durationMs?: number | null;
  readonly updatedAt?: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The call for the wire, every column named. */
export function toolCallUpsert(known: KnownToolCall): Required<ToolCallUpsert> {
  const input = wholeText(known.input);
  const output = wholeText(known.output);
  return completeToolCall({
    id: column.id(known.id),
    sessionId: column.id(known.sessionId),
    source: column.source(SOURCE),
    messageId: column.text(known.messageId),
    agentId: column.text(known.agentId),
    isSidechain: column.flag(known.isSidechain),
    position: column.count(known.position),
    name: column.text(known.name),
    kind: column.text(known.kind),
    status: column.text(known.status),
    input: column.text(input.text),
    inputBytes: column.count(input.bytes),
    output: column.text(output.text),
    outputBytes: column.count(output.bytes),
    error: column.text(known.error),
    filePath: column.text(known.filePath),
    // A sub-agent speaks within the session that started it.
    childSessionId: column.text(null),
    childAgentId: column.text(known.childAgentId),
    data: column.text(known.data),
    createdAt: column.time(known.createdAt),
    completedAt: column.time(known.completedAt),
    durationMs: column.count(known.durationMs),
    updatedAt: column.time(known.updatedAt),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
}
