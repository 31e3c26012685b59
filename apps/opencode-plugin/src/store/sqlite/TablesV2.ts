import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";
import type { Row } from "../row.ts";
import { columnsOf, rowAsJson } from "./columns.ts";

/** A row of `session_message` that is there: the size of its content in bytes, its type. */
export interface PlaceV2 {
  id: string;
  bytes: number;
  type: unknown;
}

/** What changes with any row of a session: its own row; of the others counts, times and sizes. */
export interface MarksV2 {
  session: Row | null;
  messages: readonly [
    count: number,
    last: unknown,
    sum: unknown,
    bytes: number | null,
    seq: unknown,
  ];
}

const SIZE = "coalesce(octet_length(data), 0)";
/** What the reader can't do without; where it is missing, the table counts as empty. */
const NEEDED = ["id", "session_id", "type", "seq", "data"];

/**
 * The tables of OpenCode 2 (2.0.3 to 2.0.26) in a database of some version (lode/opencode/store.md). A
 * table that is not there is empty. All comes as JSON bytes; asBytes says why.
 */
export class TablesV2 {
  readonly #db: Database.Database;
  readonly #sessions: string[];
  readonly #messages: string[];

  constructor(db: Database.Database) {
    this.#db = db;
    const sessions = columnsOf(db, "session_v2");
    const messages = columnsOf(db, "session_message");
    this.#sessions = sessions.includes("id") ? sessions : [];
    this.#messages = NEEDED.every((column) => messages.includes(column)) ? messages : [];
  }

  get isThere(): boolean {
    return this.#sessions.length + this.#messages.length > 0;
  }

  sessionIds(): string[] {
    const ids = [
      ...(this.#sessions.length > 0 ? ["SELECT id FROM session_v2"] : []),
      ...(this.#messages.length > 0 ? ["SELECT session_id FROM session_message"] : []),
    ].join(" UNION ");
    if (ids === "") return [];
    const all = `SELECT json_group_array(CAST(id AS TEXT)) AS json FROM (SELECT NULL AS id WHERE FALSE
      UNION ${ids}) WHERE id IS NOT NULL`;
    return this.#read(all) as string[];
  }

  marks(sessionId: string): MarksV2 {
    const session = this.session(sessionId);
    if (this.#messages.length === 0) return { session, messages: [0, null, null, 0, null] };
    const time = this.#messages.includes("time_updated") ? "time_updated" : "NULL";
    // The remainder keeps the sum of many times from an overflow.
    const marks = `SELECT json_array(count(*), max(${time}), sum(${time} % 1000000007), sum(${SIZE}),
      max(seq)) AS json FROM session_message WHERE session_id = ?1`;
    return { session, messages: this.#read(marks, sessionId) as MarksV2["messages"] };
  }

  session(sessionId: string): Row | null {
    if (this.#sessions.length === 0) return null;
    const row = `SELECT (SELECT ${rowAsJson(this.#sessions)} FROM session_v2 WHERE id = ?1) AS json`;
    return this.#read(
      `SELECT coalesce(json, 'null') AS json FROM (${row})`,
      sessionId,
    ) as Row | null;
  }

  /** Those of a session in the order of their numbers. */
  places(sessionId: string): PlaceV2[] {
    if (this.#messages.length === 0) return [];
    const list = `SELECT json_group_array(json_object('id', id, 'bytes', ${SIZE}, 'type', type) ORDER BY seq)
      AS json FROM session_message WHERE session_id = ?1 AND typeof(id) = 'text'`;
    return this.#read(list, sessionId) as PlaceV2[];
  }

  /** The ids of what version 1 has of a session. */
  idsOfV1(sessionId: string): string[] {
    if (!columnsOf(this.#db, "message").includes("session_id")) return [];
    const ids = `SELECT json_group_array(id) AS json FROM message
      WHERE session_id = ?1 AND typeof(id) = 'text'`;
    return this.#read(ids, sessionId) as string[];
  }

  /** The ids of a session's rows by their number. */
  idsBySeq(sessionId: string): Map<number, string> {
    if (this.#messages.length === 0) return new Map();
    const list = `SELECT json_group_array(json_array(seq, id)) AS json FROM session_message
      WHERE session_id = ?1 AND typeof(seq) = 'integer' AND typeof(id) = 'text'`;
    return new Map(this.#read(list, sessionId) as [number, string][]);
  }

  /** In no order; those that are not there any more are left out. */
  messages(ids: readonly string[]): Row[] {
    const rows = this.#db
      .prepare(
        asBytes(`SELECT ${rowAsJson(this.#messages)} AS json FROM session_message
          WHERE id IN (SELECT value FROM json_each(?1))`),
      )
      .all(JSON.stringify(ids));
    return rows.map((row) => parseBytes((row as { json: ArrayBuffer }).json) as Row);
  }

  /** The value of a query that gives one row, `json`. */
  #read(sql: string, ...parameters: unknown[]): unknown {
    const row = this.#db.prepare(asBytes(sql)).get(...parameters) as { json: ArrayBuffer };
    return parseBytes(row.json);
  }
}
