import { MAX_ID } from "@duolog/contract";
import type { ToolState, ToolStateCompleted, ToolStatePending } from "@opencode-ai/sdk/v2";
import { kindOf } from "../../shared/kind.ts";
import { isObject, type Loose, type Reader } from "../../shared/read.ts";
import { type CallFacts, callId } from "../../shared/rows/toolCall.ts";
import { stampOfId } from "../../shared/stamp.ts";
import { jsonOf } from "../../shared/text.ts";
import type { PartRef } from "../message/part.ts";
import { detailsOf } from "./details.ts";
import { statusOf } from "./status.ts";

/** A tool call as one state of its part tells it. */
export interface Call extends Required<Omit<CallFacts, "position">> {
  /** The model still writes its input. */
  readonly isPending: boolean;
}

type AnyState = ToolState & ToolStatePending & ToolStateCompleted;
/** A tool part's state with the fields that any status has. */
export type LooseState = Loose<Omit<AnyState, "status">> & { status?: unknown; error?: unknown };

/** What the part tells of its call. Of a call under way nothing that may still grow. */
export function readCall(ref: PartRef, at: number, reader: Reader): Call {
  const state = reader.object<LooseState>(ref.part.state, "part.state") as LooseState;
  const metadata = isObject(state.metadata) ? state.metadata : {};
  const error = reader.text(state.error, "part.state.error");
  const hasEnded = state.status !== "pending" && state.status !== "running";
  const output = hasEnded ? outputOf(state, metadata, reader) : null;
  const { interrupted, exit } = metadata;
  const status = statusOf({ state: state.status, error, output, interrupted, exit });
  if (status === null) reader.problems.push("part.state.status");
  const name = reader.line(ref.part.tool, "part.tool");
  const kind = name === null ? null : kindOf(name);
  const directory = ref.message.info?.value.directory ?? null;
  const details = detailsOf(state, hasEnded, directory, reader);
  return {
    id: callId(ref.messageId, ref.part.callID) ?? `${ref.messageId}/${ref.id}`.slice(0, MAX_ID),
    sessionId: ref.sessionId,
    messageId: ref.messageId,
    name,
    kind,
    status,
    isPending: state.status === "pending",
    input: inputOf(state, reader),
    output,
    error,
    filePath: details.filePath,
    childSessionId: kind === "task" ? childOf(metadata, reader) : null,
    data: details.data,
    ...timesOf(ref, state, at, reader),
  };
}

/** Empty while the model writes it; what it had written by then is told as `raw`. */
function inputOf(state: LooseState, reader: Reader): string | null {
  const { input } = state;
  const isEmpty = isObject(input) && Object.keys(input).length === 0;
  if (isEmpty && typeof state.raw === "string") return reader.text(state.raw, "raw") || null;
  return input === undefined || input === null ? null : jsonOf(input);
}

/** What a command had written when it was ended counts as its output. */
function outputOf(state: LooseState, metadata: Loose<{ output: unknown }>, reader: Reader) {
  const told = reader.text(state.output, "part.state.output");
  return told ?? (typeof metadata.output === "string" ? reader.text(metadata.output, "") : null);
}

function childOf(metadata: Record<string, unknown>, reader: Reader): string | null {
  const child = metadata.sessionId ?? metadata.sessionID;
  return reader.line(child, "part.state.metadata.sessionId", MAX_ID);
}

type Times = Pick<Call, "createdAt" | "completedAt" | "durationMs">;

/** A call whose input was never finished (it still has `raw`) did not run: it is as old as its part. */
function timesOf(ref: PartRef, state: LooseState, at: number, reader: Reader): Times {
  const time = reader.object<{ start: unknown; end: unknown }>(state.time, "part.state.time");
  const start = reader.time(time.start, "part.state.time.start");
  const completedAt = reader.time(time.end, "part.state.time.end");
  const hasRun = state.status !== "pending" && typeof state.raw !== "string";
  const isTimed = start !== null && completedAt !== null;
  return {
    createdAt: hasRun ? start : (stampOfId(ref.id, at)?.at ?? start),
    completedAt,
    durationMs: isTimed ? Math.max(0, completedAt - start) : null,
  };
}
