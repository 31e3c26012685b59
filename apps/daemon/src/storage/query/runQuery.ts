import { inflateSync } from "node:zlib";
import Database from "libsql";
import { readOnlyUrl } from "../readOnlyUrl.ts";

/** A value of a row: of a BLOB its text where it is one of `blobs`, else its hex. */
export type Cell = string | number | bigint | null;

/** Rows are told in portions of so many. */
const PORTION = 200;

/**
 * Runs one statement that reads on a database that is opened for reading alone. Tells its columns,
 * then its rows, waiting for `tell`. Rejects like SQLite, and with an Error where the statement reads
 * nothing.
 */
export async function runQuery(
  database: string,
  sql: string,
  tell: (portion: { columns: string[] } | { rows: Cell[][] }) => Promise<void>,
): Promise<void> {
  const db = new Database(readOnlyUrl(database), { timeout: 1_000 });
  try {
    const statement = db.prepare(sql);
    if (!statement.reader) throw new Error("only what reads is run: SELECT, WITH, EXPLAIN, PRAGMA");
    statement.safeIntegers(true);
    await tell({ columns: statement.columns().map(({ name }) => name) });
    let rows: Cell[][] = [];
    for (const row of statement.raw().iterate() as Iterable<unknown[]>) {
      rows.push(row.map(cellOf));
      if (rows.length < PORTION) continue;
      await tell({ rows });
      rows = [];
    }
    await tell({ rows });
  } finally {
    db.close();
  }
}

function cellOf(value: unknown): Cell {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof ArrayBuffer) return textOf(Buffer.from(value));
  if (Buffer.isBuffer(value)) return textOf(value);
  return value as string | number | null;
}

function textOf(bytes: Buffer): string {
  try {
    return inflateSync(bytes).toString();
  } catch {
    // None of `blobs`.
    return bytes.toString("hex");
  }
}
