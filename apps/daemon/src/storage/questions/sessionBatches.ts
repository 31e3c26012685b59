import { setImmediate } from "node:timers/promises";
import type { Connection } from "../record/connection.ts";
import { type Narrow, narrowTable, termOf } from "./narrow.ts";

/** Where a list of sessions goes on: after this one, newest first. */
export type SessionPosition = readonly [updatedAt: number | null, id: string];

/** Sessions that were looked at together. */
export interface SessionBatch {
  /** Those for which the condition holds. */
  found: SessionPosition[];
  /** The last one that was looked at; null at the end. */
  at: SessionPosition | null;
}

/** What sessions are looked for; the row is `s` in the SQL of `narrow`. */
export interface SessionScope {
  narrow: Narrow;
  /** Of those written to at this time or later, epoch ms. */
  since: number | null;
}

/** Sessions looked at in one turn: about 5 ms on the machine of lode/performance.md. */
const AT_ONCE = 2_000;

interface Looked {
  count: number;
  last: SessionPosition | null;
  found: SessionPosition[];
}

/**
 * Sessions after a position, the latest `updatedAt` first and those without one last, in turns of at
 * most `atOnce`. Rejects with StorageError.
 */
export async function* sessionBatches(
  connection: Connection,
  { narrow, since }: SessionScope,
  after: SessionPosition | null,
  atOnce: number = AT_ONCE,
): AsyncGenerator<SessionBatch> {
  const count = Math.min(atOnce, AT_ONCE);
  let [at, isTimed] = [after, after === null || after[0] !== null];
  for (;;) {
    const from = isTimed ? (at === null ? "first" : "timed") : "untimed";
    const sql = lookSql(from, narrow, since !== null);
    const query = [count, at?.[0] ?? null, at?.[1] ?? null, since, narrow.values];
    const looked = await connection.query<Looked>(sql, query);
    const isFull = looked.count === count;
    const isLast = !isFull && (!isTimed || since !== null);
    at = isFull ? looked.last : [null, AFTER_ALL];
    isTimed &&= isFull;
    yield { found: looked.found, at: isLast ? null : at };
    if (isLast) return;
    if (isFull) await setImmediate();
  }
}

/** Sorts behind every id. */
const AFTER_ALL = "\u{10ffff}";

/** Where sessions stand in their order, after `q.at` and `q.id`: from the first one on, and from one with or without a time. */
export const FROM = {
  first: `s."updated_at" IS NOT NULL`,
  timed: `s."updated_at" <= q.at AND (s."updated_at" < q.at OR s."id" < q.id)`,
  untimed: `s."updated_at" IS NULL AND s."id" < q.id`,
};

function lookSql(from: keyof typeof FROM, narrow: Narrow, isSince: boolean): string {
  const since = isSince ? `AND s."updated_at" >= q.since` : "";
  return `WITH q(count_, at, id, since, narrow_) AS MATERIALIZED (
    SELECT v ->> 0, v ->> 1, v ->> 2, v ->> 3, v ->> 4 FROM (SELECT ? AS v)
  ), ${narrowTable(narrow, "(SELECT narrow_ FROM q)")}, looked AS MATERIALIZED (
    SELECT s."id" AS id, s."updated_at" AS at FROM q CROSS JOIN "sessions" AS s
    WHERE ${FROM[from]} ${since}
    ORDER BY s."updated_at" DESC, s."id" DESC LIMIT (SELECT count_ FROM q)
  ), found AS (
    SELECT s."id" AS id, looked.at AS at FROM looked CROSS JOIN "sessions" AS s ON s."id" = looked.id
    WHERE ${termOf(narrow)} ORDER BY looked.at DESC, looked.id DESC
  )
  SELECT json_object(
    'count', (SELECT COUNT(*) FROM looked),
    'last', json((SELECT json_array(at, id) FROM looked ORDER BY at, id LIMIT 1)),
    'found', (SELECT json_group_array(json_array(at, id)) FROM found)
  ) AS json`;
}
