import type { Used } from "../../core/usage/rates.ts";
import { sizeSql } from "../../core/usage/sizes.ts";
import type { Connection } from "../record/connection.ts";

/** A session as totals name it. */
export interface UsageSession {
  session: string;
  source: string | null;
  project: string | null;
  name: string | null;
  branch: string | null;
  parent: string | null;
  forked: string | null;
}

/** What answers of a kind took together (schema.ts tells what each is). */
export interface SessionUsage extends Used {
  at: number;
  model: string | null;
  provider: string | null;
  agent: string | null;
  sub: number;
  size: number;
  told: number;
  /** Of the output. */
  reasoning: number;
  cost: number;
  first: number;
  last: number;
}

const QUARTER_MS = 900_000;

const text = (column: string) => `CAST(${column} AS TEXT)`;
const sum = (column: string) => `SUM(COALESCE(m."${column}", 0))`;
const TIME = `COALESCE(m."created_at", m."completed_at", m."updated_at", 0)`;
const SIZE = `(COALESCE(m."prompt_tokens", 0) + COALESCE(m."cache_read_tokens", 0) + COALESCE(m."cache_write_tokens", 0))`;

/**
 * An id that several sessions have counts once, in the session of the smallest id; a copy that tells its
 * origin counts where the record does not have that.
 */
const COUNTS = `NOT EXISTS (SELECT 1 FROM "messages" AS o
    WHERE o."id" = m."id" AND o."session_id" < m."session_id")
  AND (m."copied_from_id" IS NULL OR NOT EXISTS (SELECT 1 FROM "messages" AS o WHERE o."id" = m."copied_from_id"))`;

const FIELDS: Record<keyof SessionUsage, string> = {
  at: `${TIME} / ${QUARTER_MS} * ${QUARTER_MS}`,
  model: text(`m."model"`),
  provider: text(`m."provider"`),
  agent: text(`m."agent"`),
  sub: `(m."agent_id" IS NOT NULL)`,
  size: sizeSql(SIZE),
  told: `(m."cost" IS NOT NULL)`,
  requests: "COUNT(*)",
  input: sum("prompt_tokens"),
  output: sum("completion_tokens"),
  reasoning: sum("reasoning_tokens"),
  cacheRead: sum("cache_read_tokens"),
  cacheWrite: sum("cache_write_tokens"),
  cacheWrite1h: sum("cache_write_1h_tokens"),
  cost: sum("cost"),
  first: `MIN(${TIME})`,
  last: `MAX(${TIME})`,
};

const object = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(", ");

const USED = `SELECT json_object(${object(FIELDS)}) AS one FROM "messages" AS m
  WHERE m."session_id" = s."id" AND ${SIZE} + COALESCE(m."completion_tokens", 0) + COALESCE(m."cost", 0) > 0
    AND ${COUNTS}
  GROUP BY ${FIELDS.at}, m."model", m."provider", m."agent", ${FIELDS.sub}, ${FIELDS.size}, ${FIELDS.told}`;

const SESSION: Record<keyof UsageSession, string> = {
  session: text(`s."id"`),
  source: text(`s."source"`),
  project: text(`s."project_path"`),
  name: text(`s."project_name"`),
  branch: text(`s."git_branch"`),
  parent: text(`s."parent_id"`),
  forked: text(`s."forked_from_id"`),
};

const READ = `SELECT json_group_array(json_object('session', json_object(${object(SESSION)}),
    'used', json((SELECT json_group_array(json(one)) FROM (${USED}))))) AS json
  FROM json_each(?) AS wanted JOIN "sessions" AS s ON s."id" = wanted.value`;

/** What the answers of one session took. */
export interface UsageOfSession {
  session: UsageSession;
  used: SessionUsage[];
}

/** What the answers of these sessions took; without those that the record does not have. Rejects with StorageError. */
export function readSessionUsage(
  record: Connection,
  sessions: string[],
): Promise<UsageOfSession[]> {
  return record.query(READ, sessions);
}

const COUNTS_OF = `SELECT json_group_array((SELECT COUNT(*) FROM "messages" AS m
  WHERE m."session_id" = wanted.value)) AS json FROM json_each(?) AS wanted`;

/** Most messages whose sums are made in one turn: about 10 ms on the machine of lode/performance.md. */
const TURN_MESSAGES = 1_000;

/** Of these sessions the first ones, one at least, that have no more messages together than a turn takes. */
export async function fewEnough(record: Connection, sessions: string[]): Promise<string[]> {
  const counts = await record.query<number[]>(COUNTS_OF, sessions);
  let sum = 0;
  const end = counts.findIndex((count) => {
    sum += count;
    return sum > TURN_MESSAGES;
  });
  return end < 0 ? sessions : sessions.slice(0, Math.max(1, end));
}

/** Most rows that one look goes over. */
const LOOK = 500;

const TOUCHED = `SELECT json_object('last', MAX("changed_seq"), 'found', COUNT(*), 'sessions',
    json_group_array(DISTINCT session)) AS json FROM (
  SELECT c."changed_seq", CAST(o."session_id" AS TEXT) AS session FROM (
      SELECT "id", "changed_seq" FROM "messages" WHERE "changed_seq" > ? ->> 0
      ORDER BY "changed_seq" LIMIT ${LOOK}) AS c
    CROSS JOIN "messages" AS o ON o."id" = c."id")`;

const TOUCHED_SESSIONS = `SELECT json_object('last', MAX("changed_seq"), 'found', COUNT(*), 'sessions',
    json_group_array(CAST("id" AS TEXT))) AS json FROM (
  SELECT "id", "changed_seq" FROM "sessions" WHERE "changed_seq" > ? ->> 0
  ORDER BY "changed_seq" LIMIT ${LOOK})`;

/** Sessions whose totals may be otherwise, up to which change, and whether there may be more. */
export interface Touched {
  sessions: string[];
  last: number;
  more: boolean;
}

/** What changed behind `seq`, of messages (with the sessions that share one of them) or of sessions. */
export async function touchedSince(
  record: Connection,
  table: "messages" | "sessions",
  seq: number,
): Promise<Touched> {
  const sql = table === "messages" ? TOUCHED : TOUCHED_SESSIONS;
  const found = await record.query<{ last: number | null; found: number; sessions: string[] }>(
    sql,
    [seq],
  );
  return { sessions: found.sessions, last: found.last ?? seq, more: found.found >= LOOK };
}
