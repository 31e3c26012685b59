import { MessageColumns, MessageTypes } from "../generated/model.ts";
import type { Entity } from "./describe.ts";

/** What a person or an agent said in a session. */
export const message: Entity<"message"> = {
  kind: "message",
  table: "messages",
  key: ["sessionId", "id"],
  fields: {
    id: ["identity", "id"],
    sessionId: ["identity", "id"],
    source: ["attribution", "source"],
    role: ["once", "line"],
    textContent: ["latest", "text"],
    model: ["latest", "line"],
    provider: ["latest", "line"],
    agent: ["latest", "line"],
    agentId: ["latest", "line"],
    parentId: ["latest", "line"],
    finishReason: ["latest", "line"],
    error: ["latest", "text"],
    promptTokens: ["larger", "count"],
    completionTokens: ["larger", "count"],
    reasoningTokens: ["larger", "count"],
    cacheReadTokens: ["larger", "count"],
    cacheWriteTokens: ["larger", "count"],
    cost: ["larger", "usd"],
    durationMs: ["latest", "count"],
    createdAt: ["first", "time"],
    completedAt: ["latest", "time"],
    updatedAt: ["larger", "time"],
    removedAt: ["latest", "time"],
    observedAt: ["observation", "time"],
    observedSeq: ["observation", "count"],
  },
  columns: MessageColumns,
  types: MessageTypes,
};
