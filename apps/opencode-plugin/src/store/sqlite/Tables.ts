import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";
import { StoreProblem } from "../problem.ts";
import type { Row } from "../row.ts";
import { columnsOf, isIndexed, rowAsJson } from "./columns.ts";
import { notOurs } from "./notOurs.ts";
import { isOfOpencode2 } from "./opencode2.ts";

export type ContentTable = "event" | "message" | "part";

/** A row that is there, of which the content was not read. */
export interface Place {
  table: ContentTable;
  /** Null where it has none that can be one. */
  id: unknown;
  /** The size of its content. */
  bytes: number;
  writtenAt: unknown;
  /** Of a part. */
  messageId: unknown;
}

/** What the reader can't do without. */
const NEEDED = {
  session: ["id", "time_created", "time_updated"],
  event: ["id", "aggregate_id", "seq", "type", "data"],
  message: ["id", "session_id", "time_created", "time_updated", "data"],
  part: ["id", "message_id", "session_id", "time_created", "time_updated", "data"],
} as const;

type Table = keyof typeof NEEDED;

const TABLES: readonly Table[] = ["session", "event", "message", "part"];
/** The column that names the session. */
const SESSION = { session: "id", event: "aggregate_id", message: "session_id", part: "session_id" };
const ORDER = { event: "seq", message: "time_created, id", part: "message_id, id" };
const SIZE = "coalesce(octet_length(data), 0)";
/** What else is told of a row: writtenAt, messageId. */
const MORE = {
  event: [],
  message: ["time_updated"],
  part: ["time_updated", "iif(typeof(message_id) = 'blob', NULL, message_id)"],
};

/**
 * The tables of OpenCode 1 in a database of some version (lode/opencode/store.md).
 * A table that is not there is empty. All comes as JSON bytes; asBytes says why.
 */
export class Tables {
  readonly #db: Database.Database;
  readonly #columns: Record<Table, string[]>;
  readonly #statements = new Map<string, Database.Statement>();

  /** Throws StoreProblem where it is no database of OpenCode's. */
  constructor(db: Database.Database) {
    this.#db = db;
    const columns = Object.fromEntries(TABLES.map((table) => [table, columnsOf(db, table)]));
    this.#columns = columns as Record<Table, string[]>;
    const isLater = isOfOpencode2(db);
    // OpenCode 2 takes away what version 1 kept of events and puts its own in the table's place.
    if (isLater && this.#columns.event.includes("created")) this.#columns.event = [];
    const isOurs = this.#has("session") || isLater;
    const isWhole = TABLES.every((table) => !this.#has(table) || this.#isWhole(table));
    if (!isOurs || !isWhole) throw new StoreProblem(notOurs(db));
  }

  sessionIds(): string[] {
    const ids = this.#known().map((table) => `SELECT id FROM (${this.#sessionIdsIn(table)})`);
    if (ids.length === 0) return [];
    const all = `SELECT json_group_array(CAST(id AS TEXT)) AS json FROM (${ids.join(" UNION ")})
      WHERE id IS NOT NULL`;
    return this.#read(all) as string[];
  }

  /** What changes with any row of the session: its own row, and of the others counts, times and sizes. */
  survey(sessionId: string): { marks: unknown[]; updated: unknown[]; bytes: number } {
    const [session, event, message, part] = this.#read(
      `SELECT json_array(${TABLES.map((table) => this.#marksOf(table)).join(", ")}) AS json`,
      sessionId,
    ) as [Row | null, unknown, number[] | null, number[] | null];
    const updated = [session?.time_updated, message?.[1], part?.[1]];
    const bytes = (message?.[3] ?? 0) + (part?.[3] ?? 0);
    return { marks: [session, event, message, part], updated, bytes };
  }

  /** The rows of a session in the order in which they are to be read. */
  places(table: ContentTable, sessionId: string): Place[] {
    if (!this.#has(table)) return [];
    const columns = ["iif(typeof(id) = 'blob', NULL, id)", SIZE, ...MORE[table]].join(", ");
    const places = this.#read(
      `SELECT json_group_array(json_array(${columns}) ORDER BY ${ORDER[table]}) AS json
        FROM ${table} WHERE ${SESSION[table]} = ?1`,
      sessionId,
    ) as [unknown, number, unknown, unknown][];
    return places.map(([id, bytes, writtenAt, messageId]) => {
      return { table, id, bytes, writtenAt, messageId };
    });
  }

  /** The ids of a session's parts that may be calls that wait (isWaiting): their content is read. */
  mayWait(sessionId: string): unknown[] {
    const ids = `SELECT json_group_array(id) AS json FROM part
      WHERE session_id = ?1 AND typeof(id) <> 'blob' AND instr(data, '"pending"') > 0`;
    return this.#has("part") ? (this.#read(ids, sessionId) as unknown[]) : [];
  }

  /** In no order; those that are not there any more are left out. */
  rows(table: Table, ids: readonly unknown[]): Row[] {
    if (!this.#has(table) || ids.length === 0) return [];
    const rows = this.#prepare(
      `SELECT ${rowAsJson(this.#columns[table])} AS json FROM ${table}
        WHERE id IN (SELECT value FROM json_each(?1))`,
    ).all(JSON.stringify(ids));
    return rows.map((row) => parseBytes((row as { json: ArrayBuffer }).json) as Row);
  }

  #sessionIdsIn(table: Table): string {
    const column = SESSION[table];
    if (!isIndexed(this.#db, table, column)) return `SELECT DISTINCT ${column} AS id FROM ${table}`;
    // Leaps from one session to the next: DISTINCT would walk through the whole index.
    return `WITH RECURSIVE ids(id) AS (SELECT min(${column}) FROM ${table} UNION ALL
      SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > ids.id) FROM ids WHERE id IS NOT NULL)
      SELECT id FROM ids`;
  }

  #marksOf(table: Table): string {
    const where = `FROM ${table} WHERE ${SESSION[table]} = ?1`;
    if (!this.#has(table)) return "NULL";
    if (table === "session") return `json((SELECT ${rowAsJson(this.#columns.session)} ${where}))`;
    // The index alone tells: these rows are added and taken away, and never changed.
    if (table === "event")
      return `json((SELECT json_array(count(*), min(seq), max(seq)) ${where}))`;
    // The remainder keeps the sum of many times from an overflow.
    return `json((SELECT json_array(count(*), max(time_updated), sum(time_updated % 1000000007),
      sum(${SIZE})) ${where}))`;
  }

  #known(): Table[] {
    return TABLES.filter((table) => this.#has(table));
  }

  #has(table: Table): boolean {
    return this.#columns[table].length > 0;
  }

  #isWhole(table: Table): boolean {
    return NEEDED[table].every((column) => this.#columns[table].includes(column));
  }

  /** The value of a query that gives one row, `json`. */
  #read(sql: string, ...parameters: unknown[]): unknown {
    const row = this.#prepare(sql).get(...parameters) as { json: ArrayBuffer };
    return parseBytes(row.json);
  }

  #prepare(sql: string): Database.Statement {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(asBytes(sql));
    this.#statements.set(sql, statement);
    return statement;
  }
}
