import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";

/** A call that touched a file: when, by the index's seconds, and its key in the record. */
export type Touch = [at: number, call: number, file: number];

/** Where the files' touches go on. */
type Position = [file: number, at: number, call: number];

/** Touches looked at in one turn. */
const AT_ONCE = 20_000;
/** Files of which the touches are looked for in one turn. */
export const FILES_AT_ONCE = 200;

const LATEST = `WITH page AS MATERIALIZED (
    SELECT file, at, call FROM touched WHERE (file, at, call) > (?1, ?2, ?3)
    ORDER BY file, at, call LIMIT ${AT_ONCE}
  )
  SELECT json_object(
    'last', json((SELECT json_array(file, at, call) FROM page ORDER BY file DESC, at DESC, call DESC LIMIT 1)),
    'files', (SELECT json_group_array(json_array(file, at)) FROM (SELECT file, MAX(at) AS at FROM page GROUP BY file))
  ) AS json`;

const TOUCHES = `SELECT json_group_array(json_array(at, call, file)) AS json FROM (
    SELECT at, call, file FROM touched WHERE file IN (SELECT value FROM json_each(?1)) AND (at, call) < (?2, ?3)
    ORDER BY at DESC, call DESC LIMIT ?4)`;

const NAMES = `SELECT json_group_array(json_array(id, name)) AS json FROM facets
  WHERE id IN (SELECT value FROM json_each(?1))`;

/** The file of this path and all below it. */
const AT_PATH = `SELECT json_group_array(id) AS json FROM facets WHERE kind = 'file'
  AND (name = ?1 OR (name >= ?1 || '/' AND name < ?1 || '0'))`;
/** Those whose path ends with this, or with a directory that does. */
const AT_END = `SELECT json_group_array(id) AS json FROM facets WHERE kind = 'file'
  AND instr(name || '/', ?1 || '/') > 0`;

/** Which call touched which file; each call is short. Throws like SQLite. */
export class TouchedFiles {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Files with when they were touched last, among the touches after a position; `next` is null at the end. */
  latest(after: Position | null): { files: [file: number, at: number][]; next: Position | null } {
    const [file, at, call] = after ?? [-1, 0, 0];
    const { files, last } = this.#json<{ files: [number, number][]; last: Position | null }>(
      LATEST,
      file,
      at,
      call,
    );
    return { files, next: last };
  }

  /** The newest touches of these files before a position, newest first; of at most FILES_AT_ONCE. */
  touches(files: number[], before: readonly [at: number, call: number], limit: number): Touch[] {
    return this.#json(TOUCHES, JSON.stringify(files), ...before, limit);
  }

  /** The paths of these files. */
  names(files: number[]): Map<number, string> {
    return new Map(this.#json<[number, string][]>(NAMES, JSON.stringify(files)));
  }

  /** The file of a path, or all below it; where there are none, those that end with it from a `/` on. */
  filesAt(path: string): number[] {
    const whole = path.replace(/\/+$/, "");
    const at = path.startsWith("/") ? this.#json<number[]>(AT_PATH, whole) : [];
    if (at.length > 0) return at;
    return this.#json(AT_END, whole.startsWith("/") ? whole : `/${whole}`);
  }

  #json<T>(sql: string, ...values: (string | number)[]): T {
    const [row] = this.#db.prepare(asBytes(sql)).all(...values) as { json: ArrayBuffer }[];
    return parseBytes((row as { json: ArrayBuffer }).json) as T;
  }
}
