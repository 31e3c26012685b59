import Database from "libsql";
import { readOnlyUrl } from "../../apps/daemon/src/storage/readOnlyUrl.ts";

/** Opens a file as any program would that only reads. */
export function openReadOnly(file: string): Database.Database {
  return new Database(readOnlyUrl(file));
}

/** All rows of a query on the record's file, read as any program would. */
export function queryRows<Row = Record<string, unknown>>(
  file: string,
  sql: string,
  ...params: unknown[]
): Row[] {
  const db = openReadOnly(file);
  try {
    return db.prepare(sql).all(...params) as Row[];
  } finally {
    db.close();
  }
}
