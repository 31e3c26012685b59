import type Database from "libsql";

/** The names of a table's columns; none where there is no such table. */
export function columnsOf(db: Database.Database, table: string): string[] {
  const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  return columns.map((column) => String((column as { name: unknown }).name));
}

/** The SQL of a row as a JSON object. */
export function rowAsJson(columns: readonly string[]): string {
  const values = columns.map((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    // JSON takes no bytes and nothing infinite, and of a REAL no more than 15 digits.
    return `'${name.replaceAll("'", "''")}', CASE typeof(${column}) WHEN 'blob' THEN NULL
      WHEN 'real' THEN iif(abs(${column}) < 9e307, json(printf('%!.17g', ${column})), NULL)
      ELSE ${column} END`;
  });
  return `json_object(${values.join(", ")})`;
}

/** The column of each table that names the session, and what else it is looked up by. */
const LOOKED_UP = [
  ["event", "aggregate_id"],
  ["message", "session_id"],
  ["part", "session_id"],
  ["session_message", "session_id"],
] as const;

/** Whether a session's rows are found without reading all of them. */
export function hasIndexes(db: Database.Database): boolean {
  return LOOKED_UP.every(
    ([table, column]) => columnsOf(db, table).length === 0 || isIndexed(db, table, column),
  );
}

/** Gives a copy what it lacks of them. Throws like SQLite. */
export function addIndexes(db: Database.Database): void {
  for (const [table, column] of LOOKED_UP) {
    const has = columnsOf(db, table).includes(column);
    if (has && !isIndexed(db, table, column)) {
      db.exec(`CREATE INDEX duolog_${table} ON ${table} (${column})`);
    }
  }
}

/** True where an index of the whole table begins with the column. */
export function isIndexed(db: Database.Database, table: string, column: string): boolean {
  const first = `SELECT 1 FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info
    WHERE list.partial = 0 AND info.seqno = 0 AND info.name = ?`;
  return db.prepare(first).all(table, column).length > 0;
}
