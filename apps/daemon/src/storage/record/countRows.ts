import Database from "libsql";
import { isRegular } from "../checkRegular.ts";
import { readOnlyUrl } from "../readOnlyUrl.ts";
import { type Totals, UNATTRIBUTED } from "./reads.ts";

const TOTALS = `SELECT
  (SELECT COUNT(*) FROM "sessions") AS "sessions",
  (SELECT COUNT(*) FROM (SELECT 1 FROM "messages" WHERE "copied_from_id" IS NULL GROUP BY "id")) AS "messages",
  ${UNATTRIBUTED} AS "unattributed"`;

/** Counts without a daemon and without Prisma; null where there is no database of today's shape. */
export function countRows(database: string): Totals | null {
  if (!isRegular(database)) return null;
  const db = new Database(readOnlyUrl(database), { timeout: 1_000 });
  try {
    const { sessions, messages, unattributed } = db.prepare(TOTALS).get() as Totals;
    return { sessions, messages, unattributed };
  } catch {
    // Whatever is wrong with the file, the start of a daemon tells it.
    return null;
  } finally {
    db.close();
  }
}
