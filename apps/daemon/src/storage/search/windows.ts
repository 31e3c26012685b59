import { asBytes, parseBytes } from "@duolog/client/local";
import type { SearchScope } from "@duolog/contract";
import type Database from "libsql";
import { docsOf, textsOf } from "./schema.ts";

/** A text that was found: its place in the order of times, and its row. */
export interface Found {
  scope: SearchScope;
  id: number;
  row: number;
  session: number;
  /** Tells equal outputs from others. */
  content: number | null;
  /** By bm25, the smaller the better; 0 where it was not asked for. */
  score: number;
}

/** Where in the order of times is looked: from `from` on, and before `below`. */
export interface Span {
  from: number;
  below: number;
}

const MATCHED = (scope: SearchScope) => `FROM ${textsOf(scope)} AS t
  WHERE t.${textsOf(scope)} MATCH ?1 AND t.rowid < ?2 AND t.rowid >= ?3`;

const FOUND = (scope: SearchScope, score: string, order: string) => `SELECT json_group_array(
    json_array(d.id, d.row, d.session${scope === "outputs" || score !== "0" ? ", d.content, m.score" : ""})) AS json
    FROM (SELECT t.rowid AS id, ${score} AS score ${MATCHED(scope)} ORDER BY ${order} LIMIT ?4) AS m
    CROSS JOIN ${docsOf(scope)} AS d ON d.id = m.id`;

/** The texts of a scope that match an expression; bound as they are, each call is short. Throws like SQLite. */
export class Windows {
  readonly #db: Database.Database;
  readonly #scope: SearchScope;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(db: Database.Database, scope: SearchScope) {
    this.#db = db;
    this.#scope = scope;
  }

  /** The newest, newest first. */
  newest(expression: string, { below, from }: Span, limit: number): Found[] {
    const sql = asBytes(FOUND(this.#scope, "0", "t.rowid DESC"));
    return this.#found(sql, expression, below, from, limit);
  }

  /** The best by bm25, best first; in which facets do not count. */
  best(expression: string, { below, from }: Span, limit: number): Found[] {
    const sql = asBytes(FOUND(this.#scope, `bm25(${textsOf(this.#scope)}, 1.0, 0.0)`, "score"));
    return this.#found(sql, expression, below, from, limit);
  }

  /** How many there are, up to `limit`. */
  count(expression: string, { below, from }: Span, limit: number): number {
    const sql = `SELECT COUNT(*) AS n FROM (SELECT 1 ${MATCHED(this.#scope)} LIMIT ?4)`;
    const [row] = this.#all(sql, expression, below, from, limit) as { n: number }[];
    return row?.n ?? 0;
  }

  /** Before which id so many of the newest are not; null where there are fewer. */
  startOfNewest(expression: string, { below, from }: Span, count: number): number | null {
    const sql = `SELECT t.rowid AS id ${MATCHED(this.#scope)} ORDER BY t.rowid DESC LIMIT 1 OFFSET ?4`;
    const [row] = this.#all(sql, expression, below, from, count - 1) as { id: number }[];
    return row?.id ?? null;
  }

  #found(sql: string, ...values: [string, number, number, number]): Found[] {
    const [row] = this.#all(sql, ...values) as { json: ArrayBuffer }[];
    const rows = row ? (parseBytes(row.json) as Values[]) : [];
    const scope = this.#scope;
    return rows.map(([id, row, session, content = null, score = 0]) => ({
      scope,
      id,
      row,
      session,
      content,
      score,
    }));
  }

  #all(sql: string, ...values: (string | number)[]): unknown[] {
    const statement = this.#prepared.get(sql) ?? this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement.all(...values);
  }
}

type Values = [id: number, row: number, session: number, content?: number | null, score?: number];
