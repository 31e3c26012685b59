import type Database from "libsql";

/** Tables and columns of the plugins from before migrations were kept (what 0001_init makes). */
const LEGACY_COLUMNS = {
  sessions:
    "id title project_path project_name model provider prompt_tokens completion_tokens cost created_at updated_at",
  messages:
    "id session_id role text_content model prompt_tokens completion_tokens duration_ms created_at completed_at",
} as const;

/** True where the file has the two tables with just those columns, in any order. */
export function hasLegacyShape(db: Database.Database): boolean {
  return Object.entries(LEGACY_COLUMNS).every(([table, columns]) => {
    const found = db.prepare("SELECT name FROM pragma_table_info(?)").all(table) as {
      name: string;
    }[];
    const names = found.map(({ name }) => name).sort();
    return names.join(" ") === columns.split(" ").sort().join(" ");
  });
}
