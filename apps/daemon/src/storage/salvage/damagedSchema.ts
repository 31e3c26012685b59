import { entities, KINDS_IN_ORDER } from "@duolog/contract";
import Database from "libsql";
import type { Migration } from "../migrate/migrations.ts";

const OUR_TABLES = KINDS_IN_ORDER.map((kind) => entities[kind].table);

/**
 * Makes the tables of a damaged database readable for this connection where the text of its schema
 * is damaged: what is broken of it is passed over, and a table whose columns are those of none of
 * the migrations gets the text of the last. The file may be written to.
 * Source: sqlite.org/pragma.html#pragma_writable_schema.
 */
export function mendSchema(db: Database.Database, migrations: Migration[]): void {
  db.pragma("writable_schema = ON");
  const known = knownTables(migrations);
  for (const table of OUR_TABLES) {
    const shapes = known.filter(({ name }) => name === table);
    const columns = columnsOf(db, table);
    if (shapes.some((shape) => shape.columns.every((column) => columns.includes(column)))) continue;
    db.prepare("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?").run(
      shapes.at(-1)?.sql,
      table,
    );
  }
}

interface TableShape {
  name: string;
  sql: string;
  columns: string[];
}

/** Our tables as each of the migrations leaves them. */
function knownTables(migrations: Migration[]): TableShape[] {
  const db = new Database(":memory:");
  const select = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid";
  try {
    return migrations.flatMap((migration) => {
      db.exec(migration.sql);
      const tables = db.prepare(select).all() as Omit<TableShape, "columns">[];
      return tables.map(({ name, sql }) => ({ name, sql, columns: columnsOf(db, name) }));
    });
  } finally {
    db.close();
  }
}

function columnsOf(db: Database.Database, table: string): string[] {
  const rows = db.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[];
  return rows.map(({ name }) => name);
}
