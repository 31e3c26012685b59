import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";

/**
 * M8: what follows from other rows of a session. It is a function of what was told, so it is the same
 * in whatever order that came. A change calls for a look at what it may concern alone: a session has
 * thousands of rows, and is written to with each batch.
 */

/** What of a session changed that M8 goes by. */
export interface Touched {
  session: string;
  /** In whose conversations messages or calls changed: sub-agents' ids, null for the main one. */
  agents: Set<string | null>;
  /** The session's end changed, which concerns the calls of all. */
  end: boolean;
  /** A revert that was known before changed: what it took away may be there again. */
  revert: boolean;
}

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
      AND (wanted.value ->> 1 OR t."agent_id" IS wanted.value ->> 2)
  ) WHERE "is_over" <> "status_inferred"`;

/** Each committed revert `e` of a session with the message `boundary`, from which on it takes away. */
const REVERTS = (session: string) => `"session_events" AS e
      CROSS JOIN "messages" AS boundary ON boundary."session_id" = e."session_id"
        AND boundary."id" = iif(json_valid(e."data"), e."data" ->> 'boundary', NULL)
        AND e."session_id" = ${session} AND e."kind" = 'revert'`;

/**
 * Messages that a committed revert took away, with the time of the earliest that did, epoch ms; with
 * NULL those that none does any more.
 */
const REMOVED = `SELECT json_group_array(json_array("key", "at")) AS json FROM (
    SELECT m."key", m."removed_at", MIN(e."created_at") AS "at"
    FROM json_each(?1) AS wanted CROSS JOIN ${REVERTS("wanted.value ->> 0")}
    CROSS JOIN "messages" AS m ON m."session_id" = e."session_id"
      AND m."created_at" >= boundary."created_at" AND m."created_at" < e."created_at"
    WHERE m."removed_at" IS NULL OR m."removed_inferred"
    GROUP BY m."key"
    UNION ALL
    SELECT m."key", m."removed_at", NULL
    FROM json_each(?1) AS wanted
    CROSS JOIN "messages" AS m ON wanted.value ->> 1 AND m."session_id" = wanted.value ->> 0
    WHERE m."removed_inferred" AND NOT EXISTS (
      SELECT 1 FROM ${REVERTS('m."session_id"')}
      WHERE m."created_at" >= boundary."created_at" AND m."created_at" < e."created_at"
    )
  ) WHERE "at" IS NOT "removed_at"`;

const INTERRUPT = `UPDATE "tool_calls"
  SET "status" = iif(?, 'interrupted', 'running'), "status_inferred" = ?, "changed_seq" = ? WHERE "key" = ?`;

const REMOVE = `UPDATE "messages"
  SET "removed_at" = ?, "removed_inferred" = ?, "changed_seq" = ? WHERE "key" = ?`;

/** Infers what follows from what was touched; numbers each change, and tells the last number. */
export type Infer = (touched: Touched[], lastChange: number) => number;

export function prepareInfer(db: Database.Database): Infer {
  const interrupted = db.prepare(asBytes(INTERRUPTED));
  const removed = db.prepare(asBytes(REMOVED));
  const interrupt = db.prepare(INTERRUPT);
  const remove = db.prepare(REMOVE);
  const find = <T>(statement: Database.Statement, wanted: unknown[]) =>
    parseBytes((statement.get(JSON.stringify(wanted)) as { json: Buffer }).json) as T[];
  return (touched, lastChange) => {
    let number = lastChange;
    for (const [key, isOver] of find<[number, number]>(interrupted, touched.flatMap(callsOf))) {
      interrupt.run(isOver, isOver, ++number, key);
    }
    const reverts = touched.map(({ session, revert }) => [session, revert]);
    for (const [key, at] of find<[number, number | null]>(removed, reverts)) {
      remove.run(at, Number(at !== null), ++number, key);
    }
    return number;
  };
}

/** Whose calls may be over now: session, whether all of its calls, else the agent's. */
function callsOf({ session, agents, end }: Touched): unknown[][] {
  return end ? [[session, true]] : [...agents].map((agent) => [session, false, agent]);
}
