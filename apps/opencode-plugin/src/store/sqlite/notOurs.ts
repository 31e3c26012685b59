import type Database from "libsql";

/** Names of tables that are told: at most so many. */
const MOST_TOLD = 10;

/** What is told of a database that is none of OpenCode's: a later one may keep its sessions in other tables. */
export function notOurs(db: Database.Database): string {
  const names = tablesOf(db);
  const told = names.slice(0, MOST_TOLD).join(", ");
  const more = names.length > MOST_TOLD ? `, … (${names.length})` : "";
  const tables = names.length > 0 ? `it has the tables ${told}${more}` : "it has no tables";
  return `this is no database of OpenCode's: ${tables}`;
}

/** But SQLite's own. */
function tablesOf(db: Database.Database): string[] {
  const named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
  const tables = db.prepare(named).all();
  return tables.map((table) => String((table as { name: unknown }).name)).toSorted();
}
