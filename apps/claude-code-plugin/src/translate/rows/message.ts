import { column, completeMessage, type MessageUpsert } from "@duolog/contract";
import { PROVIDER, SOURCE } from "./source.ts";
import { wholeText } from "./text.ts";
import { NO_TOKENS, type Tokens } from "./tokens.ts";

/** A message as far as its lines or a hook tell; what they do not tell is absent or null. Times are epoch ms, `durationMs` ms, `cost` USD. */
export interface KnownMessage {
  readonly id: string;
  readonly sessionId: string;
  readonly role: "user" | "assistant";
  readonly text?: string | null;
  /** What the model thought, whole. */
  readonly reasoning?: string | null;
  /** JSON. */
  readonly attachments?: string | null;
  readonly model?: string | null;
  readonly agent?: string | null;
  readonly agentId?: string | null;
  readonly isSidechain?: boolean | null;
  readonly requestId?: string | null;
  readonly copiedFromId?: string | null;
  readonly finishReason?: string | null;
  readonly error?: string | null;
  readonly tokens?: Tokens;
  readonly cost?: number | null;
  readonly durationMs?: number | null;
  readonly createdAt?: number | null;
  readonly completedAt?: number | null;
  readonly updatedAt?: number | null;
  readonly observedAt: number;
  readonly observedSeq: number;
}

/** The message for the wire, every column named. */
export function messageUpsert(known: KnownMessage): Required<MessageUpsert> {
  const reasoning = wholeText(known.reasoning);
  const { model = null, tokens = NO_TOKENS } = known;
  return completeMessage({
    id: column.id(known.id),
    sessionId: column.id(known.sessionId),
    source: column.source(SOURCE),
    role: column.text(known.role),
    textContent: column.text(known.text),
    reasoningText: column.text(reasoning.text),
    reasoningBytes: column.count(reasoning.bytes),
    attachments: column.text(known.attachments),
    model: column.text(known.model),
    provider: column.text(model === null ? null : PROVIDER),
    agent: column.text(known.agent),
    agentId: column.text(known.agentId),
    isSidechain: column.flag(known.isSidechain),
    // `parentUuid` names a line, often an attachment's or a tool result's, not a message.
    parentId: column.text(null),
    requestId: column.text(known.requestId),
    copiedFromId: column.text(known.copiedFromId),
    finishReason: column.text(known.finishReason),
    error: column.text(known.error),
    promptTokens: column.count(tokens.input),
    completionTokens: column.count(tokens.output),
    reasoningTokens: column.count(tokens.thinking),
    cacheReadTokens: column.count(tokens.cacheRead),
    cacheWriteTokens: column.count(tokens.cacheWrite),
    cacheWrite1hTokens: column.count(tokens.cacheWrite1h),
    cost: column.usd(known.cost),
    durationMs: column.count(known.durationMs),
    createdAt: column.time(known.createdAt),
    completedAt: column.time(known.completedAt),
    updatedAt: column.time(known.updatedAt),
    // A rewind leaves the old branch in the file, and nothing says which one is in use.
    removedAt: column.time(null),
    observedAt: column.time(known.observedAt),
    observedSeq: column.count(known.observedSeq),
  });
}
