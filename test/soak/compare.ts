import { isDeepStrictEqual } from "node:util";
import { MessageColumns, SessionColumns } from "@duolog/contract";
import { queryRows } from "../harness/rows.ts";
import type { Truth } from "./runs.ts";

type Row = Record<string, unknown>;

/** What the daemon adds, and the time at which a SessionEnd hook ran: no recording tells them. */
const OWN = new Set(["key", "changedSeq", "observedAt", "observedSeq", "stamps"]);
const OF_THE_END = new Set(["status", "endedAt", "updatedAt"]);

/** Where the record in `database` differs from the truth: at most `limit` differences, as texts. */
export function differences(database: string, truths: Truth[], limit = 10): string[] {
  const found: string[] = [];
  const tables = [
    ["sessions", SessionColumns, (row: Row) => String(row.id)],
    ["messages", MessageColumns, (row: Row) => `${row.sessionId} ${row.id}`],
  ] as const;
  for (const [table, columns, keyOf] of tables) {
    const expected = new Map(
      truths.flatMap((truth) => truth[table]).map((row) => [keyOf(row), row]),
    );
    const stored = queryRows(database, `SELECT * FROM ${table}`).map((row) =>
      camelCase(row, columns),
    );
    for (const row of stored) {
      const want = expected.get(keyOf(row));
      expected.delete(keyOf(row));
      if (!want) found.push(`${table}: a row too many: ${keyOf(row)}`);
      else if (!isDeepStrictEqual(comparable(row, row), comparable(want, row))) {
        found.push(
          `${table} ${keyOf(row)}: ${difference(comparable(row, row), comparable(want, row))}`,
        );
      }
      if (found.length >= limit) return found;
    }
    for (const key of expected.keys()) found.push(`${table}: missing: ${key}`);
  }
  return found.slice(0, limit);
}

function camelCase(row: Row, columns: Record<string, string>): Row {
  const entries = Object.entries(columns).map(([field, column]) => [field, row[column]]);
  return { ...Object.fromEntries(entries), sourceInferred: row.source_inferred === 1 };
}

/** The present values; without those of its end for a session that `stored` says has ended. */
function comparable(row: Row, stored: Row): Row {
  const ended = stored.status === "ended";
  return Object.fromEntries(
    Object.entries(row)
      .filter(([field, value]) => value !== null && !OWN.has(field))
      .filter(([field]) => !ended || !OF_THE_END.has(field))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function difference(stored: Row, want: Row): string {
  const fields = [...new Set([...Object.keys(stored), ...Object.keys(want)])];
  return fields
    .filter((field) => stored[field] !== want[field])
    .map(
      (field) => `${field} is ${JSON.stringify(stored[field])}, not ${JSON.stringify(want[field])}`,
    )
    .join("; ")
    .slice(0, 500);
}
