import { asBytes, parseBytes } from "@duolog/client/local";
import Database from "libsql";
import { isRegular } from "../checkRegular.ts";
import { readOnlyUrl } from "../readOnlyUrl.ts";

const KNOWN = asBytes(`SELECT json_group_array(s."id") AS json
  FROM json_each(?) AS wanted CROSS JOIN "sessions" AS s ON s."id" = wanted.value`);

/** Those of these sessions that the record has; null where there is no database of today's shape. */
export function knownSessions(database: string, ids: readonly string[]): Set<string> | null {
  if (!isRegular(database)) return null;
  const db = new Database(readOnlyUrl(database), { timeout: 1_000 });
  try {
    const { json } = db.prepare(KNOWN).get(JSON.stringify(ids)) as { json: Buffer };
    return new Set(parseBytes(json) as string[]);
  } catch {
    // Whatever is wrong with the file, the start of a daemon tells it.
    return null;
  } finally {
    db.close();
  }
}
