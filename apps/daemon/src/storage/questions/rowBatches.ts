import { setImmediate } from "node:timers/promises";
import type { Connection } from "../record/connection.ts";
import { type Narrow, narrowTable, termOf } from "./narrow.ts";

/** The tables whose rows belong to sessions, and how a row of each is called in SQL. */
const ALIASES = { messages: "m", tool_calls: "t" } as const;
export type RowTable = keyof typeof ALIASES;

/** Which rows, and what is made of them. */
export interface RowQuestion {
  table: RowTable;
  /** The row is `m` of messages, `t` of tool calls. */
  narrow: Narrow;
  /**
   * Makes the one column `json` of a turn's rows, by what stands from FROM on; the row's session is
   * `rows.session`, the one that it is a fork of `rows.origin`.
   */
  select: (from: string) => string;
}

/** Rows read in one turn: about 10 ms on the machine of lode/performance.md. */
const ROWS_AT_ONCE = 3_000;
/** Sessions whose rows are counted in one turn. */
const SESSIONS_AT_ONCE = 100;

/** Reads the rows of these sessions turn by turn, in no order. Rejects with StorageError. */
export async function* rowBatches<T>(
  connection: Connection,
  sessions: readonly string[],
  question: RowQuestion,
): AsyncGenerator<T> {
  const sql = batchSql(question);
  for await (const { ids, rows } of groups(connection, question.table, sessions)) {
    for (let skip = 0; skip < rows; skip += ROWS_AT_ONCE) {
      const query = [ids, ROWS_AT_ONCE, skip, question.narrow.values];
      yield await connection.query<T>(sql, query);
      await setImmediate();
    }
  }
}

interface Group {
  ids: string[];
  rows: number;
}

/** Sessions whose rows are read together: few enough, or one alone. */
async function* groups(
  connection: Connection,
  table: RowTable,
  sessions: readonly string[],
): AsyncGenerator<Group> {
  let group: Group = { ids: [], rows: 0 };
  for (let start = 0; start < sessions.length; start += SESSIONS_AT_ONCE) {
    const ids = sessions.slice(start, start + SESSIONS_AT_ONCE);
    const counts = await connection.query<number[]>(countSql(table), ids);
    for (const [i, id] of ids.entries()) {
      const rows = counts[i] ?? 0;
      if (rows > 0 && group.rows + rows > ROWS_AT_ONCE && group.rows > 0) {
        yield group;
        group = { ids: [], rows: 0 };
      }
      if (rows > 0) group = { ids: [...group.ids, id], rows: group.rows + rows };
    }
    await setImmediate();
  }
  if (group.rows > 0) yield group;
}

function countSql(table: RowTable): string {
  return `SELECT json_group_array((SELECT COUNT(*) FROM "${table}" AS r WHERE r."session_id" = w.value)) AS json
    FROM json_each(?) AS w`;
}

function batchSql({ table, narrow, select }: RowQuestion): string {
  const alias = ALIASES[table];
  const from = `FROM rows CROSS JOIN "${table}" AS ${alias} ON ${alias}."key" = rows.key WHERE ${termOf(narrow)}`;
  return `WITH q(ids, take, skip, narrow_) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1, v ->> 2, v ->> 3 FROM (SELECT ? AS v)
  ), ${narrowTable(narrow, "(SELECT narrow_ FROM q)")}, rows(key, session, origin) AS MATERIALIZED (
    SELECT r."key", s."id", s."forked_from_id" FROM json_each((SELECT ids FROM q)) AS w
    CROSS JOIN "sessions" AS s ON s."id" = w.value
    CROSS JOIN "${table}" AS r ON r."session_id" = s."id"
    LIMIT (SELECT take FROM q) OFFSET (SELECT skip FROM q)
  ) ${select(from)}`;
}
