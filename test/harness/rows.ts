import Database from "libsql";

/** All rows of a query on the record's file, read as any program would. */
export function queryRows<Row = Record<string, unknown>>(
  file: string,
  sql: string,
  ...params: unknown[]
): Row[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).all(...params) as Row[];
  } finally {
    db.close();
  }
}
