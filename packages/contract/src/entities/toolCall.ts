import { ToolCallColumns, ToolCallTypes } from "../generated/model.ts";
import type { Entity } from "./describe.ts";

/** What an agent did with a tool. */
export const toolCall: Entity<"toolCall"> = {
  kind: "toolCall",
  table: "tool_calls",
  key: ["sessionId", "id"],
  fields: {
    id: ["identity", "id"],
    sessionId: ["identity", "id"],
    source: ["attribution", "source"],
    messageId: ["latest", "line"],
    agentId: ["speaker", "line"],
    isSidechain: ["main", "flag"],
    position: ["larger", "count"],
    name: ["latest", "line"],
    kind: ["latest", "line"],
    status: ["status", "line"],
    input: ["latest", "long"],
    inputBytes: ["bytes", "count"],
    output: ["latest", "long"],
    outputBytes: ["bytes", "count"],
    error: ["latest", "text"],
    filePath: ["latest", "line"],
    childSessionId: ["latest", "line"],
    childAgentId: ["latest", "line"],
    data: ["latest", "json"],
    createdAt: ["first", "time"],
    completedAt: ["latest", "time"],
    durationMs: ["latest", "count"],
    updatedAt: ["larger", "time"],
    observedAt: ["observation", "time"],
    observedSeq: ["observation", "count"],
  },
  long: [
    { text: "input", hash: "inputHash", bytes: "inputBytes" },
    { text: "output", hash: "outputHash", bytes: "outputBytes" },
  ],
  columns: ToolCallColumns,
  types: ToolCallTypes,
};
