import { setImmediate } from "node:timers/promises";
import { type ChildKind, entities, KINDS_IN_ORDER, type RowOf } from "@duolog/contract";
import { type CountedSession, IN_PAGE, loadSessions } from "../questions/countedSessions.ts";
import { listSessions, type SessionQuestion } from "../questions/listSessions.ts";
import { createQuestionReads, type QuestionReads } from "../questions/questionReads.ts";
import type { SessionPosition } from "../questions/sessionBatches.ts";
import type { Connection } from "./connection.ts";
import { listedTables, rowAsJson, rowFromJson, type Table, textBytes } from "./table.ts";

/** Where a page of a session's rows begins: after this one, oldest first. */
export type RowPosition = readonly [createdAt: number | null, key: number];

/** What the record holds. */
export interface Totals {
  sessions: number;
  messages: number;
  /** Rows of all tables without a source. */
  unattributed: number;
}

/** The queries that the record answers. Each rejects with StorageError. */
export interface Reads extends QuestionReads {
  getSession(id: string): Promise<CountedSession | null>;
  /**
   * Up to `limit` sessions that the question is about, the latest `updatedAt` first; fewer where their
   * texts exceed PAGE_BYTES or it takes long. `next` is null on the last page.
   */
  listSessions(
    limit: number,
    after: SessionPosition | null,
    question?: SessionQuestion,
  ): Promise<{ sessions: CountedSession[]; next: SessionPosition | null }>;
  /**
   * Up to `limit` rows of one kind of a session, oldest first; fewer as above, where those of their
   * long texts are counted that `texts` names. They are left where they lie, for `readTexts`. `next`
   * is null on the last page.
   */
  listRows<K extends ChildKind>(
    kind: K,
    sessionId: string,
    limit: number,
    after: RowPosition | null,
    texts: readonly string[],
  ): Promise<{ rows: RowOf<K>[]; next: RowPosition | null }>;
  /** The texts of these hashes, as far as they are there and something of them is kept. */
  readTexts(hashes: string[]): Promise<Map<string, string>>;
  /** Counts a message that several sessions have once (M1) and a fork's copies not, in many short turns. */
  totals(): Promise<Totals>;
}

type Values = (string | number | null)[];

/** Rows of a page, and how many there are from its start on: one more than were asked for, at most. */
interface Page<Row> {
  found: number;
  rows: Row[];
}

function listSql<Row>(table: Table<Row>, texts: readonly string[]): string {
  return `WITH q(session_id, limit_, paged, at, key) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1, v ->> 2, v ->> 3, v ->> 4 FROM (SELECT ? AS v)
  ), page AS MATERIALIZED (
    SELECT r."key" AS key, r."created_at" AS at, ${textBytes(table, "r", texts)} AS size
    FROM q CROSS JOIN "${table.name}" AS r
    WHERE r."session_id" = q.session_id
      AND (NOT q.paged OR (r."created_at" IS q.at AND r."key" > q.key)
        OR r."created_at" > q.at OR (q.at IS NULL AND r."created_at" IS NOT NULL))
    ORDER BY r."created_at", r."key"
    LIMIT (SELECT limit_ + 1 FROM q)
  ), sized AS (
    SELECT key, SUM(size) OVER before AS bytes, ROW_NUMBER() OVER before AS number
    FROM page WINDOW before AS (ORDER BY at, key)
  )
  SELECT json_object('found', (SELECT COUNT(*) FROM page), 'rows', json_group_array(json(item))) AS json
  FROM (
    SELECT ${rowAsJson(table, "r")} AS item
    FROM sized CROSS JOIN q CROSS JOIN "${table.name}" AS r ON r."key" = sized.key
    WHERE sized.number <= q.limit_ AND ${IN_PAGE}
    ORDER BY sized.number
  )`;
}

const listed = new Map<string, string>();

/** The statement that lists rows of a kind with these of their long texts; made once. */
function listRowsSql(kind: ChildKind, texts: readonly string[]): string {
  const key = [kind, ...texts].join(" ");
  const known = listed.get(key);
  if (known) return known;
  const sql = listSql(listedTables[kind] as Table<unknown>, texts);
  listed.set(key, sql);
  return sql;
}

/** How many rows of all tables have no source, as SQL. */
export const UNATTRIBUTED = KINDS_IN_ORDER.map(
  (kind) => `(SELECT COUNT(*) FROM "${entities[kind].table}" WHERE "source" IS NULL)`,
).join(" + ");

const COUNTS = `SELECT json_object(
    'sessions', (SELECT COUNT(*) FROM "sessions"),
    'unattributed', ${UNATTRIBUTED}
  ) AS json WHERE ? IS NOT NULL`;

/** Ids counted in one turn: about 4 ms on the machine of lode/performance.md. */
const IDS_AT_ONCE = 20_000;

function countIds(after: string): string {
  return `SELECT json_array(COUNT(*), MAX("id")) AS json
    FROM (SELECT "id" FROM "messages" WHERE "copied_from_id" IS NULL AND ${after} GROUP BY "id" ORDER BY "id" LIMIT ${IDS_AT_ONCE})`;
}
const FIRST_IDS = countIds("? IS NOT NULL");
const NEXT_IDS = countIds('"id" > ? ->> 0');

/** The queries through a connection to a migrated database. */
export function createReads(connection: Connection): Reads {
  return {
    async getSession(id) {
      const [found] = await loadSessions(connection, [id]);
      return found ?? null;
    },
    listSessions: (limit, after, question) => listSessions(connection, limit, after, question),
    async listRows(kind, sessionId, limit, after, texts) {
      const query = [sessionId, limit, after ? 1 : 0, after?.[0] ?? null, after?.[1] ?? null];
      const page = await connection.query<Page<Values>>(listRowsSql(kind, texts), query);
      const rows = page.rows.map((values) => rowFromJson(listedTables[kind], values));
      const last = page.found > rows.length ? rows.at(-1) : null;
      return { rows, next: last ? positionOf(last as RowOf<ChildKind>) : null };
    },
    readTexts: (hashes) => connection.readTexts(hashes),
    ...createQuestionReads(connection),
    async totals() {
      const counts = await connection.query<Omit<Totals, "messages">>(COUNTS, null);
      return { ...counts, messages: await countMessages(connection) };
    },
  };
}

function positionOf({ createdAt, key }: RowOf<ChildKind>): RowPosition {
  return [createdAt, key];
}

async function countMessages(connection: Connection): Promise<number> {
  let [count, last] = await connection.query<[number, string | null]>(FIRST_IDS, null);
  let total = count;
  while (count === IDS_AT_ONCE) {
    await setImmediate();
    [count, last] = await connection.query<[number, string | null]>(NEXT_IDS, [last]);
    total += count;
  }
  return total;
}
