import { SessionStatus, Source, TitleKind } from "@duolog/contract";
import { expect } from "vitest";
import { queryRows } from "../harness/rows.ts";

/** What Prisma's own diff doesn't see, or would lose at the next RedefineTables of the table. */
const CHECKS = [
  ["messages", "source", Source],
  ["session_events", "source", Source],
  ["sessions", "source", Source],
  ["sessions", "status", SessionStatus],
  ["sessions", "title_kind", TitleKind],
  ["tool_calls", "source", Source],
] as const;

const INDEXES = [
  "messages_changed_seq_idx",
  "messages_id_copied_from_id_idx",
  "messages_session_id_created_at_idx",
  "messages_session_id_id_key",
  "messages_source_idx",
  "session_events_changed_seq_idx",
  "session_events_session_id_created_at_idx",
  "session_events_session_id_id_key",
  "session_events_session_id_kind_idx",
  "sessions_changed_seq_idx",
  "sessions_updated_at_idx",
  "tool_calls_changed_seq_idx",
  "tool_calls_session_id_created_at_idx",
  "tool_calls_session_id_id_key",
  "tool_calls_session_id_status_idx",
];

const TRIGGERS: string[] = [];

const namesOf = (database: string, type: string) =>
  queryRows<{ name: string }>(
    database,
    "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
    type,
  ).map(({ name }) => name);

const checksOf = (database: string) =>
  queryRows<{ name: string; sql: string }>(
    database,
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name",
  ).flatMap(({ name, sql }) =>
    [...sql.matchAll(/CHECK \("(\w+)" IN \(([^)]*)\)\)/g)].map(([, column = "", values = ""]) => ({
      table: name,
      column,
      values: values.replaceAll("'", "").split(", ").sort(),
    })),
  );

/** The file of today's version has every CHECK, index and trigger, and no other. */
export function expectWholeSchema(database: string): void {
  const expected = CHECKS.map(([table, column, values]) => ({
    table,
    column,
    values: Object.values(values).sort(),
  }));
  const byColumn = (a: { table: string; column: string }, b: { table: string; column: string }) =>
    `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`);
  expect(checksOf(database).sort(byColumn)).toEqual(expected.sort(byColumn));
  expect(namesOf(database, "index")).toEqual(INDEXES);
  expect(namesOf(database, "trigger")).toEqual(TRIGGERS);
}
