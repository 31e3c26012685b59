import type { Session } from "@duolog/contract";
import type { Connection } from "../record/connection.ts";
import { rowAsJson, rowFromJson, tables, textBytes } from "../record/table.ts";

/** A session's row, and how many messages and tool calls it has. */
export interface CountedSession {
  session: Session;
  messageCount: number;
  toolCallCount: number;
}

/**
 * Most text in one page, bytes; a page holds one row at least. As JSON, which makes six bytes of a
 * control character, it is still shorter than MAX_ANSWER, which a row alone may reach.
 */
const PAGE_BYTES = 1_000_000;

/** Whether a row of `sized`, which is numbered from 1, is in a page. */
export const IN_PAGE = `(sized.bytes <= ${PAGE_BYTES} OR sized.number = 1)`;

/**
 * The sessions that `wanted` names and numbers from 1, as far as they are in a page, as the column `json`
 * of one row. The page is found first, for what it is made of is counted.
 */
export function loadSql(wanted: string): string {
  return `wanted(number, id) AS MATERIALIZED (${wanted}), sized AS (
    SELECT wanted.id AS id, SUM(${textBytes(tables.session, "s")}) OVER before AS bytes,
      ROW_NUMBER() OVER before AS number
    FROM wanted CROSS JOIN "sessions" AS s ON s."id" = wanted.id
    WINDOW before AS (ORDER BY wanted.number)
  )
  SELECT json_group_array(json(item)) AS json FROM (
    SELECT json_array(
      (SELECT COUNT(*) FROM "messages" AS m WHERE m."session_id" = s."id"),
      (SELECT COUNT(*) FROM "tool_calls" AS t WHERE t."session_id" = s."id"),
      ${rowAsJson(tables.session, "s")}
    ) AS item
    FROM sized CROSS JOIN "sessions" AS s ON s."id" = sized.id
    WHERE ${IN_PAGE}
    ORDER BY sized.number
  )`;
}

const LOAD = `WITH ${loadSql("SELECT w.key + 1, w.value FROM json_each(?) AS w")}`;

type Values = (string | number | null)[];
/** As it is read. */
export type CountedValues = [messageCount: number, toolCallCount: number, session: Values];

/** The sessions of these ids that are there, in order; fewer where their texts exceed PAGE_BYTES. */
export async function loadSessions(
  connection: Connection,
  ids: readonly string[],
): Promise<CountedSession[]> {
  if (ids.length === 0) return [];
  return countedSessions(await connection.query(LOAD, ids));
}

/** The sessions of what `loadSql` made. */
export function countedSessions(items: CountedValues[]): CountedSession[] {
  return items.map(([messageCount, toolCallCount, values]) => ({
    session: rowFromJson(tables.session, values),
    messageCount,
    toolCallCount,
  }));
}
