import { column, completeMessage, type MessageUpsert, Source } from "@duolog/contract";
import type { Stamp } from "../stamp.ts";
import { cut, latest, utf8Bytes } from "../text.ts";

const SOURCE: "opencode" = Source.opencode;

/** A message; what is absent is not known. Times are epoch ms, `cost` USD. */
export interface MessageFacts {
  readonly id: string;
  readonly sessionId: string;
  readonly role: string | null;
  readonly text: string | null;
  readonly reasoning: string | null;
  /** JSON. */
  readonly attachments?: string | null;
  readonly model?: string | null;
  readonly provider?: string | null;
  readonly agent?: string | null;
  readonly parentId?: string | null;
  readonly finishReason?: string | null;
  readonly error?: string | null;
  readonly promptTokens?: number | null;
  readonly completionTokens?: number | null;
  readonly reasoningTokens?: number | null;
  readonly cacheReadTokens?: number | null;
  readonly cacheWriteTokens?: number | null;
  readonly cost?: number | null;
  readonly createdAt: number | null;
  readonly completedAt?: number | null;
  /** The latest time that its parts told. */
  readonly partsAt?: number | null;
  readonly removedAt?: number | null;
}

/** A message as known so far, observed then. */
export function messageUpsert(facts: MessageFacts, stamp: Stamp): Required<MessageUpsert> {
  const { text, reasoning, createdAt, completedAt = null } = facts;
  const { partsAt = null, removedAt = null } = facts;
  return completeMessage({
    id: column.id(facts.id),
    sessionId: column.id(facts.sessionId),
    source: column.source(SOURCE),
    role: column.text(facts.role),
    textContent: column.text(text === null ? null : cut(text)),
    reasoningText: column.text(reasoning === null ? null : cut(reasoning)),
    reasoningBytes: column.count(reasoning === null ? null : utf8Bytes(reasoning)),
    attachments: column.text(facts.attachments),
    model: column.text(facts.model),
    provider: column.text(facts.provider),
    agent: column.text(facts.agent),
    agentId: column.text(null),
    isSidechain: column.flag(null),
    parentId: column.text(facts.parentId),
    requestId: column.text(null),
    copiedFromId: column.text(null),
    finishReason: column.text(facts.finishReason),
    error: column.text(facts.error),
    promptTokens: column.count(facts.promptTokens),
    completionTokens: column.count(facts.completionTokens),
    reasoningTokens: column.count(facts.reasoningTokens),
    cacheReadTokens: column.count(facts.cacheReadTokens),
    cacheWriteTokens: column.count(facts.cacheWriteTokens),
    cacheWrite1hTokens: column.count(null),
    cost: column.usd(facts.cost),
    durationMs: column.count(durationOf(createdAt, completedAt)),
    createdAt: column.time(createdAt),
    completedAt: column.time(completedAt),
    updatedAt: column.time(latest(latest(createdAt, completedAt), latest(partsAt, removedAt))),
    removedAt: column.time(removedAt),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
}

function durationOf(createdAt: number | null, completedAt: number | null): number | null {
  if (createdAt === null || completedAt === null) return null;
  return Math.max(0, completedAt - createdAt);
}
