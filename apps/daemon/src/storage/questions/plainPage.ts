import type { Connection } from "../record/connection.ts";
import {
  type CountedSession,
  type CountedValues,
  countedSessions,
  loadSql,
} from "./countedSessions.ts";
import { FROM, type SessionPosition } from "./sessionBatches.ts";

/** A page of all sessions, found and loaded in one statement: what is asked for most. */
const pageSql = (from: "first" | "timed") => `WITH q(limit_, at, id) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1, v ->> 2 FROM (SELECT ? AS v)
  ), ${loadSql(`
    SELECT ROW_NUMBER() OVER (ORDER BY at DESC, id DESC), id FROM (
      SELECT s."id" AS id, s."updated_at" AS at FROM q CROSS JOIN "sessions" AS s WHERE ${FROM[from]}
      ORDER BY s."updated_at" DESC, s."id" DESC LIMIT (SELECT limit_ FROM q))`)}`;

const FIRST = pageSql("first");
const TIMED = pageSql("timed");

/**
 * Up to `limit` sessions with a time after a position, the latest first; fewer where there are no more,
 * or their texts exceed PAGE_BYTES. Rejects with StorageError.
 */
export async function plainPage(
  connection: Connection,
  limit: number,
  after: SessionPosition | null,
): Promise<CountedSession[]> {
  const query = [limit, after?.[0] ?? null, after?.[1] ?? null];
  const sql = after === null ? FIRST : TIMED;
  return countedSessions(await connection.query<CountedValues[]>(sql, query));
}
