import type { Source } from "@duolog/contract";
import type { Connection } from "../record/connection.ts";
import { type Narrow, narrowTable, termOf } from "./narrow.ts";
import { rowBatches } from "./rowBatches.ts";

/** What a call came to. */
export type CallFacts = [name: string | null, status: string | null, durationMs: number | null];

/** A fork's copies count where they were made: their ids are the origin's, or their messages are copies. */
const isOwn = (origin: string) => `(${origin} IS NULL OR NOT (
    EXISTS (SELECT 1 FROM "tool_calls" AS o WHERE o."session_id" = ${origin} AND o."id" = t."id")
    OR EXISTS (SELECT 1 FROM "messages" AS m
      WHERE m."session_id" = t."session_id" AND m."id" = t."message_id" AND m."copied_from_id" IS NOT NULL)))`;

const FACTS = (from: string) =>
  `SELECT json_group_array(json_array(t."name", t."status", t."duration_ms")) AS json ${from} AND ${isOwn("rows.origin")}`;

/** The calls of sessions, each once, turn by turn; the row is `t` in the SQL of `narrow`. Rejects with StorageError. */
export function readCallFacts(
  connection: Connection,
  sessions: readonly string[],
  narrow: Narrow,
): AsyncGenerator<CallFacts[]> {
  return rowBatches(connection, sessions, { table: "tool_calls", narrow, select: FACTS });
}

/** A call as it is told where it was found by its key. */
export interface ToldCall {
  key: number;
  toolCallId: string;
  sessionId: string;
  messageId: string | null;
  createdAt: number | null;
  tool: string | null;
  kind: string | null;
  status: string | null;
  source: Source | null;
  title: string | null;
  project: string | null;
}

const COLUMNS: Readonly<Record<Exclude<keyof ToldCall, "key" | "createdAt">, string>> = {
  toolCallId: `t."id"`,
  sessionId: `t."session_id"`,
  messageId: `t."message_id"`,
  tool: `t."name"`,
  kind: `t."kind"`,
  status: `t."status"`,
  source: `COALESCE(t."source", s."source")`,
  // Of any length, and only to be recognized by.
  title: `substr(s."title", 1, 500)`,
  project: `s."project_path"`,
};

const TOLD = Object.entries(COLUMNS)
  .map(([field, sql]) => `'${field}', CAST(${sql} AS TEXT)`)
  .join(", ");

/**
 * The calls of these keys for which the condition holds, in no order, a fork's copies left out; a call is
 * `t`, its session `s` in the SQL. Rejects with StorageError.
 */
export function readCalls(
  connection: Connection,
  keys: readonly number[],
  narrow: Narrow,
): Promise<ToldCall[]> {
  const sql = `WITH q(keys, narrow_) AS MATERIALIZED (
      SELECT v ->> 0, v ->> 1 FROM (SELECT ? AS v)
    ), ${narrowTable(narrow, "(SELECT narrow_ FROM q)")}
    SELECT json_group_array(json_object('key', t."key", 'createdAt', t."created_at", ${TOLD})) AS json
    FROM json_each((SELECT keys FROM q)) AS w
    CROSS JOIN "tool_calls" AS t ON t."key" = w.value
    CROSS JOIN "sessions" AS s ON s."id" = t."session_id"
    WHERE ${termOf(narrow)} AND ${isOwn(`s."forked_from_id"`)}`;
  return connection.query(sql, [keys, narrow.values]);
}
