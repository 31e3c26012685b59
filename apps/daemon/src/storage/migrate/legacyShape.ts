import type Database from "libsql";
import { hasTable } from "./history.ts";

/** Tables and columns of the plugins from before migrations were kept (what 0001_init makes). */
const LEGACY_COLUMNS = {
  sessions:
    "id title project_path project_name model provider prompt_tokens completion_tokens cost created_at updated_at",
  messages:
    "id session_id role text_content model prompt_tokens completion_tokens duration_ms created_at completed_at",
} as const;

/**
 * How the file's two tables differ from those with just these columns, in any order: a phrase for
 * each difference, none where it is such a file. Null where it has neither table.
 */
export function legacyDifferences(db: Database.Database): string[] | null {
  const tables = Object.entries(LEGACY_COLUMNS);
  if (!tables.some(([table]) => hasTable(db, table))) return null;
  return tables.flatMap(([table, columns]) => tableDifferences(db, table, columns.split(" ")));
}

function tableDifferences(db: Database.Database, table: string, expected: string[]): string[] {
  if (!hasTable(db, table)) return [`there is no table ${table}`];
  const rows = db.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[];
  const found = rows.map(({ name }) => name);
  return [
    ...found.filter((name) => !expected.includes(name)).map((name) => `${table} has ${name}`),
    ...expected.filter((name) => !found.includes(name)).map((name) => `${table} lacks ${name}`),
  ];
}

/** True where the file has the two tables with just those columns, in any order. */
export function hasLegacyShape(db: Database.Database): boolean {
  return legacyDifferences(db)?.length === 0;
}
