import type { IngestRecord, MessageUpsert, SessionUpsert, ToolCallUpsert } from "@duolog/contract";
import { T } from "../rows.ts";

export const session = (id: string, more: Partial<SessionUpsert> = {}): IngestRecord => ({
  kind: "session",
  data: { id, source: "opencode", createdAt: T, updatedAt: T, ...more },
});

let at = 0;

/** A message of a session, each a minute after the one before. */
export const message = (
  sessionId: string,
  id: string,
  textContent: string,
  more: Partial<MessageUpsert> = {},
): IngestRecord => ({
  kind: "message",
  data: {
    id,
    sessionId,
    source: "opencode",
    role: "user",
    textContent,
    createdAt: T + ++at * 60_000,
    ...more,
  },
});

export const call = (
  sessionId: string,
  id: string,
  more: Partial<ToolCallUpsert> = {},
): IngestRecord => ({
  kind: "toolCall",
  data: { id, sessionId, source: "opencode", name: "bash", createdAt: T + ++at * 60_000, ...more },
});
