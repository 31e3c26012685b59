import { SessionColumns, SessionTypes } from "../generated/model.ts";
import type { Entity } from "./describe.ts";

/** A session of an agent. */
export const session: Entity<"session"> = {
  kind: "session",
  table: "sessions",
  key: ["id"],
  fields: {
    id: ["identity", "id"],
    source: ["attribution", "source"],
    title: ["title", "text"],
    titleKind: ["title", "titleKind"],
    projectPath: ["latest", "line"],
    projectName: ["latest", "line"],
    gitBranch: ["latest", "line"],
    model: ["latest", "line"],
    provider: ["latest", "line"],
    agentVersion: ["latest", "line"],
    parentId: ["latest", "line"],
    status: ["latest", "status"],
    error: ["latest", "text"],
    promptTokens: ["larger", "count"],
    completionTokens: ["larger", "count"],
    reasoningTokens: ["larger", "count"],
    cacheReadTokens: ["larger", "count"],
    cacheWriteTokens: ["larger", "count"],
    cost: ["larger", "usd"],
    createdAt: ["first", "time"],
    updatedAt: ["larger", "time"],
    endedAt: ["larger", "time"],
    observedAt: ["observation", "time"],
    observedSeq: ["observation", "count"],
  },
  columns: SessionColumns,
  types: SessionTypes,
};
