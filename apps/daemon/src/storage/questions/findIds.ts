import type { Connection } from "../record/connection.ts";

/** Sessions looked at: so many that a few of the newest are among them. */
const LOOKED_AT = 1_000;

const BEGINNING = `WITH q(beginning, length_, count_) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1, v ->> 2 FROM (SELECT ? AS v)
  )
  SELECT json_group_array(id) AS json FROM (
    SELECT id FROM (
      SELECT s."id" AS id, s."updated_at" AS at FROM q CROSS JOIN "sessions" AS s
      WHERE s."id" >= q.beginning AND s."id" < q.beginning || char(1114111)
        AND substr(s."id", 1, q.length_) = q.beginning
      ORDER BY s."id" LIMIT ${LOOKED_AT}
    ) ORDER BY at DESC, id DESC LIMIT (SELECT count_ FROM q)
  )`;

/** Ids of sessions that begin with this text, at most `limit`, the latest first. Rejects with StorageError. */
export function idsBeginning(
  connection: Connection,
  text: string,
  limit: number,
): Promise<string[]> {
  return connection.query(BEGINNING, [text, [...text].length, limit]);
}
