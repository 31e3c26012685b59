import { SessionEventColumns, SessionEventTypes } from "../generated/model.ts";
import type { Entity } from "./describe.ts";

/** What happened in a session beside its messages and tool calls. */
export const sessionEvent: Entity<"event"> = {
  kind: "event",
  table: "session_events",
  key: ["sessionId", "id"],
  fields: {
    id: ["identity", "id"],
    sessionId: ["identity", "id"],
    source: ["attribution", "source"],
    kind: ["latest", "line"],
    messageId: ["latest", "line"],
    toolCallId: ["latest", "line"],
    text: ["latest", "text"],
    data: ["latest", "json"],
    createdAt: ["first", "time"],
    updatedAt: ["larger", "time"],
    observedAt: ["observation", "time"],
    observedSeq: ["observation", "count"],
  },
  long: [],
  columns: SessionEventColumns,
  types: SessionEventTypes,
};
