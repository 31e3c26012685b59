import { setImmediate } from "node:timers/promises";
import type { Connection } from "../record/connection.ts";

/** Where a session was, and when it was written last. */
export type Whereabouts = [path: string, name: string | null, updatedAt: number | null];

/** Sessions looked at in one turn. */
const AT_ONCE = 4_000;

const WHEREABOUTS = `WITH q(after, take) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1 FROM (SELECT ? AS v)
  ), looked AS MATERIALIZED (
    SELECT s.rowid AS number, s."project_path" AS path, s."project_name" AS name, s."updated_at" AS at
    FROM q CROSS JOIN "sessions" AS s
    WHERE s.rowid > q.after ORDER BY s.rowid LIMIT (SELECT take FROM q)
  )
  SELECT json_object(
    'last', (SELECT iif(COUNT(*) < (SELECT take FROM q), NULL, MAX(number)) FROM looked),
    'items', (SELECT json_group_array(json_array(path, name, at)) FROM looked WHERE path IS NOT NULL)
  ) AS json`;

/** Where each session was that tells it, turn by turn. Rejects with StorageError. */
export async function* readWhereabouts(connection: Connection): AsyncGenerator<Whereabouts[]> {
  let last: number | null = 0;
  while (last !== null) {
    const read: { last: number | null; items: Whereabouts[] } = await connection.query(
      WHEREABOUTS,
      [last, AT_ONCE],
    );
    yield read.items;
    last = read.last;
    await setImmediate();
  }
}
