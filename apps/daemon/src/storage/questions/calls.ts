import type { Connection } from "../record/connection.ts";
import type { Narrow } from "./narrow.ts";
import { rowBatches } from "./rowBatches.ts";

/** What a call came to. */
export type CallFacts = [name: string | null, status: string | null, durationMs: number | null];

/** A fork's copies count where they were made: their ids are the origin's, or their messages are copies. */
const IS_OWN = `(rows.origin IS NULL OR NOT (
    EXISTS (SELECT 1 FROM "tool_calls" AS o WHERE o."session_id" = rows.origin AND o."id" = t."id")
    OR EXISTS (SELECT 1 FROM "messages" AS m
      WHERE m."session_id" = t."session_id" AND m."id" = t."message_id" AND m."copied_from_id" IS NOT NULL)))`;

const FACTS = (from: string) =>
  `SELECT json_group_array(json_array(t."name", t."status", t."duration_ms")) AS json ${from} AND ${IS_OWN}`;

/** The calls of sessions, each once, turn by turn; the row is `t` in the SQL of `narrow`. Rejects with StorageError. */
export function readCallFacts(
  connection: Connection,
  sessions: readonly string[],
  narrow: Narrow,
): AsyncGenerator<CallFacts[]> {
  return rowBatches(connection, sessions, { table: "tool_calls", narrow, select: FACTS });
}
