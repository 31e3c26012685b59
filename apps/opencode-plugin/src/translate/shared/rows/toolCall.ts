import { column, completeToolCall, Source, type ToolCallUpsert } from "@duolog/contract";
import type { ToolKind } from "../kind.ts";
import { isId } from "../read.ts";
import type { Stamp } from "../stamp.ts";
import type { Translated } from "../step.ts";
import { cut, latest, utf8Bytes } from "../text.ts";

const SOURCE: "opencode" = Source.opencode;

/** How a tool call stands, as the record knows it. */
export type CallStatus = "running" | "success" | "error" | "denied" | "interrupted";

/** A tool call; what is absent is not known. Times are epoch ms, durations ms. */
export interface CallFacts {
  readonly id: string;
  readonly sessionId: string;
  readonly messageId?: string;
  /** Its place among the parts of its message, from 0. */
  readonly position?: number | null;
  readonly name?: string | null;
  readonly kind?: ToolKind | null;
  readonly status?: CallStatus | null;
  /** JSON; the raw text of an input that was not finished. */
  readonly input?: string | null;
  readonly output?: string | null;
  readonly error?: string | null;
  readonly filePath?: string | null;
  readonly childSessionId?: string | null;
  readonly data?: string | null;
  readonly createdAt?: number | null;
  readonly completedAt?: number | null;
  readonly durationMs?: number | null;
}

/** Id of a call's record; null where the ids make none that can be kept. */
export function callId(messageId: unknown, id: unknown): string | null {
  if (!isId(messageId) || !isId(id)) return null;
  const full = `${messageId}/${id}`;
  return isId(full) ? full : null;
}

/** The record of a call, observed then. */
export function callRecord(call: CallFacts, stamp: Stamp): Translated {
  return { kind: "toolCall", data: toolCallUpsert(call, stamp) };
}

/** What was told of a call, and nothing from memory. */
export function toolCallUpsert(call: CallFacts, stamp: Stamp): Required<ToolCallUpsert> {
  const { createdAt = null, completedAt = null } = call;
  return completeToolCall({
    id: column.id(call.id),
    sessionId: column.id(call.sessionId),
    source: column.source(SOURCE),
    messageId: column.text(call.messageId),
    agentId: column.text(null),
    isSidechain: column.flag(null),
    position: column.count(call.position),
    name: column.text(call.name),
    kind: column.text(call.kind),
    status: column.text(call.status),
    input: column.text(whole(call.input)),
    inputBytes: column.count(bytesOf(call.input)),
    output: column.text(whole(call.output)),
    outputBytes: column.count(bytesOf(call.output)),
    error: column.text(whole(call.error)),
    filePath: column.text(call.filePath),
    childSessionId: column.text(call.childSessionId),
    childAgentId: column.text(null),
    data: column.text(call.data),
    createdAt: column.time(createdAt),
    completedAt: column.time(completedAt),
    durationMs: column.count(call.durationMs),
    updatedAt: column.time(latest(createdAt, completedAt)),
    observedAt: column.time(stamp.at),
    observedSeq: column.count(stamp.seq),
  });
}

function whole(text: string | null | undefined): string | null {
  return text ? cut(text) : null;
}

function bytesOf(text: string | null | undefined): number | null {
  return text ? utf8Bytes(text) : null;
}
