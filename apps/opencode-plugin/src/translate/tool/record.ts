import { column, completeToolCall, Source, type ToolCallUpsert } from "@duolog/contract";
import type { Stamp } from "../stamp.ts";
import type { Translated } from "../step.ts";
import { cut, latest, utf8Bytes } from "../text.ts";
import type { Call } from "./call.ts";

const SOURCE: "opencode" = Source.opencode;

/** The record of a call as its part tells it, observed then. */
export function callRecord(call: Call, position: number | null, stamp: Stamp): Translated {
  return record({ ...call, position }, stamp);
}

/** That a call told before has another place among the parts of its message. */
export function positionRecord(
  id: string,
  sessionId: string,
  position: number,
  stamp: Stamp,
): Translated {
  return record({ id, sessionId, position }, stamp);
}

type Facts = Pick<Call, "id" | "sessionId"> & Partial<Call> & { readonly position: number | null };

function record(call: Facts, stamp: Stamp): Translated {
  return { kind: "toolCall", data: toolCallUpsert(call, stamp) };
}

/** What was told of a call, and nothing from memory. */
export function toolCallUpsert(call: Facts, stamp: Stamp): Required<ToolCallUpsert> {
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
