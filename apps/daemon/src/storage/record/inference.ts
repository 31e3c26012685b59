import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";

/**
 * M8: what follows from other rows of a session. It is worked out anew from what was told whenever
 * something of the session changes, so it is the same in whatever order that came.
 */

/** Calls whose end nobody told, of sessions that went on, in the same conversation, or ended. */
const INTERRUPTED = `SELECT json_group_array(json_array("key", "is_over")) AS json FROM (
    SELECT t."key", t."status_inferred", (
      COALESCE((SELECT s."ended_at" FROM "sessions" AS s WHERE s."id" = t."session_id") >= COALESCE(t."created_at", 0), 0)
      OR EXISTS (
        SELECT 1 FROM "messages" AS m
        WHERE m."session_id" = t."session_id" AND m."created_at" > t."created_at"
          AND m."agent_id" IS t."agent_id" AND m."id" IS NOT t."message_id"
      )
    ) AS "is_over"
    FROM json_each(?) AS wanted
    CROSS JOIN "tool_calls" AS t ON t."session_id" = wanted.value ->> 0
      AND t."status" IN ('running', 'interrupted') AND (t."status" = 'running' OR t."status_inferred")
  ) WHERE "is_over" <> "status_inferred"`;

/**
 * Messages that a committed revert took away, with the time of the earliest that did, epoch ms; with
 * NULL those that none does any more.
 */
const REMOVED = `SELECT json_group_array(json_array("key", "at")) AS json FROM (
    SELECT m."key", m."removed_at", (
      SELECT MIN(e."created_at") FROM "session_events" AS e
      CROSS JOIN "messages" AS boundary ON boundary."session_id" = e."session_id"
        AND boundary."id" = iif(json_valid(e."data"), e."data" ->> 'boundary', NULL)
      WHERE e."session_id" = m."session_id" AND e."kind" = 'revert'
        AND m."created_at" >= boundary."created_at" AND m."created_at" < e."created_at"
    ) AS "at"
    FROM json_each(?) AS wanted
    CROSS JOIN "messages" AS m ON m."session_id" = wanted.value ->> 0
      AND (m."removed_at" IS NULL OR m."removed_inferred")
    WHERE wanted.value ->> 1 OR EXISTS (
      SELECT 1 FROM "session_events" AS e WHERE e."session_id" = wanted.value ->> 0 AND e."kind" = 'revert'
    )
  ) WHERE "at" IS NOT "removed_at"`;

const INTERRUPT = `UPDATE "tool_calls"
  SET "status" = iif(?, 'interrupted', 'running'), "status_inferred" = ?, "changed_seq" = ? WHERE "key" = ?`;

const REMOVE = `UPDATE "messages"
  SET "removed_at" = ?, "removed_inferred" = ?, "changed_seq" = ? WHERE "key" = ?`;

/** A session of which something changed; `events` where one of its events did. */
export type ChangedSession = readonly [id: string, events: boolean];

/** Infers what follows from the rows of these sessions; numbers each change, and tells the last number. */
export type Infer = (sessions: ChangedSession[], lastChange: number) => number;

export function prepareInfer(db: Database.Database): Infer {
  const interrupted = db.prepare(asBytes(INTERRUPTED));
  const removed = db.prepare(asBytes(REMOVED));
  const interrupt = db.prepare(INTERRUPT);
  const remove = db.prepare(REMOVE);
  const find = <T>(statement: Database.Statement, sessions: string) =>
    parseBytes((statement.get(sessions) as { json: Buffer }).json) as T[];
  return (sessions, lastChange) => {
    const wanted = JSON.stringify(sessions);
    let number = lastChange;
    for (const [key, isOver] of find<[number, number]>(interrupted, wanted)) {
      interrupt.run(isOver, isOver, ++number, key);
    }
    for (const [key, at] of find<[number, number | null]>(removed, wanted)) {
      remove.run(at, Number(at !== null), ++number, key);
    }
    return number;
  };
}
