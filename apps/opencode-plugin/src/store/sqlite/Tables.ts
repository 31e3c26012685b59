import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";
import { StoreProblem } from "../problem.ts";
import type { Row } from "../row.ts";
import { columnsOf, isIndexed, rowAsJson, tablesOf } from "./columns.ts";

/** A row's id, null where it has none that can be one; the size of its content in bytes; its time. */
type Place = readonly [id: unknown, bytes: number, writtenAt: unknown];

/** What of a session is there, in the order in which it is to be read. */
export interface Plan {
  sessions: Row[];
  events: Place[];
  messages: Place[];
  /** With the message's id, and whether it may be a call that waits (isWaiting). */
  parts: (readonly [...Place, messageId: unknown, mayWait: number])[];
  /** OpenCode 2's row of the session. */
  sessionsV2: Row[];
  /** OpenCode 2's rows of all that was said and done, with their type and number. */
  messagesV2: (readonly [...Place, type: unknown, seq: unknown])[];
}

/** What the reader can't do without. */
const NEEDED = {
  session: ["id", "time_created", "time_updated"],
  event: ["id", "aggregate_id", "seq", "type", "data"],
  message: ["id", "session_id", "time_created", "time_updated", "data"],
  part: ["id", "message_id", "session_id", "time_created", "time_updated", "data"],
  session_v2: ["id"],
  session_message: ["id", "session_id", "type", "seq", "data"],
} as const;

export type Table = keyof typeof NEEDED;

const TABLES = Object.keys(NEEDED) as Table[];
/** The column that names the session. */
const SESSION = {
  session: "id",
  event: "aggregate_id",
  message: "session_id",
  part: "session_id",
  session_v2: "id",
  session_message: "session_id",
};
const ORDER = {
  event: "seq",
  message: "time_created, id",
  part: "message_id, id",
  session_message: "seq",
};
const ID = "iif(typeof(id) = 'blob', NULL, id)";
const SIZE = "coalesce(octet_length(data), 0)";
const MAY_WAIT = `instr(data, '"pending"') > 0`;

/** Names of tables that are told of a file that is none of OpenCode's: at most so many. */
const MOST_TOLD = 10;

/**
 * The tables of OpenCode 1 and 2 in a database of some version (lode/opencode/store.md). A table that
 * is not there is empty. All comes as JSON bytes; asBytes says why.
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
    // OpenCode 2 takes away what version 1 kept of events and puts its own in the table's place.
    const isLater = this.#has("session_v2") || this.#has("session_message");
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
    const there = this.#known();
    const marks = this.#read(
      `SELECT json_array(${there.map((table) => this.#marksOf(table)).join(", ")}) AS json`,
      sessionId,
    ) as (Row | null | number[])[];
    const sessions = marks.filter((_of, i) => isSession(there[i])) as (Row | null)[];
    const counted = marks.filter(
      (_of, i) => !isSession(there[i]) && there[i] !== "event",
    ) as number[][];
    const updated = [...sessions.map((row) => row?.time_updated), ...counted.map((of) => of[1])];
    const bytes = counted.reduce((sum, of) => sum + (of[3] ?? 0), 0);
    return { marks: there.map((table, i) => [table, marks[i]]), updated, bytes };
  }

  plan(sessionId: string): Plan {
    const list = (table: keyof typeof ORDER, ...more: string[]) =>
      this.#has(table)
        ? (this.#read(
            `SELECT json_group_array(json_array(${[ID, SIZE, ...more].join(", ")})
              ORDER BY ${ORDER[table]}) AS json FROM ${table} WHERE ${SESSION[table]} = ?1`,
            sessionId,
          ) as [])
        : [];
    return {
      sessions: this.rows("session", [sessionId]),
      events: list("event", "NULL"),
      messages: list("message", "time_updated"),
      parts: list(
        "part",
        "time_updated",
        "iif(typeof(message_id) = 'blob', NULL, message_id)",
        MAY_WAIT,
      ),
      sessionsV2: this.rows("session_v2", [sessionId]),
      messagesV2: list("session_message", "NULL", "type", "seq"),
    };
  }

  /** The ids of a session's rows of OpenCode 2 by their number. */
  idsBySeq(sessionId: string): Map<number, string> {
    if (!this.#has("session_message")) return new Map();
    const list = `SELECT json_group_array(json_array(seq, CAST(id AS TEXT))) AS json
      FROM session_message WHERE session_id = ?1 AND typeof(seq) = 'integer'`;
    return new Map(this.#read(list, sessionId) as [number, string][]);
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
    if (isSession(table)) return `json((SELECT ${rowAsJson(this.#columns[table])} ${where}))`;
    // The index alone tells: these rows are added and taken away, and never changed.
    if (table === "event")
      return `json((SELECT json_array(count(*), min(seq), max(seq)) ${where}))`;
    const time = this.#columns[table].includes("time_updated") ? "time_updated" : "NULL";
    const last = table === "session_message" ? ", max(seq)" : "";
    // The remainder keeps the sum of many times from an overflow.
    return `json((SELECT json_array(count(*), max(${time}), sum(${time} % 1000000007),
      sum(${SIZE})${last}) ${where}))`;
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

function isSession(table: Table | undefined): table is "session" | "session_v2" {
  return table === "session" || table === "session_v2";
}

/** Says what is there instead: a later OpenCode may keep its sessions under other names. */
function notOurs(db: Database.Database): string {
  const names = tablesOf(db);
  const told = names.slice(0, MOST_TOLD).join(", ");
  const more = names.length > MOST_TOLD ? `, … (${names.length})` : "";
  const tables = names.length > 0 ? `it has the tables ${told}${more}` : "it has no tables";
  return `this is no database of OpenCode's: ${tables}`;
}
