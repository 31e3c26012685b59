import { setImmediate } from "node:timers/promises";
import type { Connection } from "../record/connection.ts";

/** A session and the one that started it. */
export type Link = readonly [id: string, parentId: string];

/** Sessions looked at in one turn. */
const AT_ONCE = 4_000;

const LINKS = `WITH q(after, take) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1 FROM (SELECT ? AS v)
  ), looked AS MATERIALIZED (
    SELECT s.rowid AS number, s."id" AS id, s."parent_id" AS parent FROM q CROSS JOIN "sessions" AS s
    WHERE s.rowid > q.after ORDER BY s.rowid LIMIT (SELECT take FROM q)
  )
  SELECT json_object(
    'last', (SELECT iif(COUNT(*) < (SELECT take FROM q), NULL, MAX(number)) FROM looked),
    'links', (SELECT json_group_array(json_array(id, parent)) FROM looked WHERE parent IS NOT NULL)
  ) AS json`;

/** Which session started which, of the whole record. Rejects with StorageError. */
export async function readLinks(connection: Connection): Promise<Link[]> {
  const links: Link[] = [];
  let last: number | null = 0;
  while (last !== null) {
    const read: { last: number | null; links: Link[] } = await connection.query(LINKS, [
      last,
      AT_ONCE,
    ]);
    links.push(...read.links);
    last = read.last;
    await setImmediate();
  }
  return links;
}
