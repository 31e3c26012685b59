import type { Source } from "@duolog/contract";
import Database from "libsql";
import { isRegular } from "../checkRegular.ts";
import { readOnlyUrl } from "../readOnlyUrl.ts";

/** What the record last heard of an agent. */
export interface LastHeard {
  /** When, by the agent's own time, epoch ms. */
  at: number;
  /** Of the last session that tells one. */
  version: string | null;
}

const LAST = `SELECT "updated_at" AS "at", (
    SELECT "agent_version" FROM "sessions" WHERE "source" = ?1 AND "agent_version" IS NOT NULL
    ORDER BY "updated_at" DESC LIMIT 1
  ) AS "version"
  FROM "sessions" WHERE "source" = ?1 AND "updated_at" IS NOT NULL ORDER BY "updated_at" DESC LIMIT 1`;

/** Null where the record has nothing of the agent, or there is no database of today's shape. */
export function lastHeard(database: string, source: Source): LastHeard | null {
  if (!isRegular(database)) return null;
  const db = new Database(readOnlyUrl(database), { timeout: 1_000 });
  try {
    return (db.prepare(LAST).get(source) as LastHeard | undefined) ?? null;
  } catch {
    // Whatever is wrong with the file, the start of a daemon tells it.
    return null;
  } finally {
    db.close();
  }
}
