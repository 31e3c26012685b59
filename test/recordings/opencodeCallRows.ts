import type { SessionEvent, ToolCall } from "@duolog/contract";
import type { Bookkeeping } from "./opencodeRows.ts";

/** The daemon's own columns, which nothing in these tables is about. */
type Own = Bookkeeping | "changedSeq" | "key";
/** The row of a tool call, all that the merge keeps of it. */
export type CallRow = Omit<ToolCall, Own>;
/** The row of a session event, likewise. */
export type EventRow = Omit<SessionEvent, Own>;

/** The tool calls and session events that a recording must give. */
export interface Calls {
  toolCalls: CallRow[];
  events: EventRow[];
}

/** An ended call as its part tells it. */
interface Ended
  extends Pick<CallRow, "sessionId" | "messageId" | "position" | "name" | "kind" | "output">,
    Partial<Pick<CallRow, "filePath" | "childSessionId" | "status" | "error">> {
  callId: string;
  input: object;
  data?: object;
  /** Epoch ms. */
  start: number;
  end: number;
}

/** An ended call; what is not named is not told. Bytes are counted from the texts. */
export function call(own: Ended): CallRow {
  const { callId, input, data, start, end, output, ...rest } = own;
  const json = JSON.stringify(input);
  return {
    source: "opencode",
    sourceInferred: false,
    agentId: null,
    isSidechain: null,
    status: "success",
    statusInferred: false,
    inputHash: null,
    inputBytes: Buffer.byteLength(json),
    outputHash: null,
    outputBytes: output === null ? null : Buffer.byteLength(output),
    error: null,
    filePath: null,
    childSessionId: null,
    childAgentId: null,
    durationMs: end - start,
    ...rest,
    id: `${own.messageId}/${callId}`,
    input: json,
    output,
    data: data ? JSON.stringify(data) : null,
    createdAt: start,
    completedAt: end,
    updatedAt: end,
  };
}

/** An event; what is not named is not told. */
export function happened(
  own: Pick<EventRow, "id" | "sessionId" | "kind" | "createdAt"> & Partial<EventRow>,
): EventRow {
  return {
    source: "opencode",
    sourceInferred: false,
    messageId: null,
    toolCallId: null,
    text: null,
    data: null,
    updatedAt: own.createdAt,
    ...own,
  };
}
