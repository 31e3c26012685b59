/**
 * The query `sql`, whose rows have the one column `json`, so that it gives bytes. SQLite lets any
 * bytes into a text, and libSQL ends the process where it meets a text that is no UTF-8.
 */
export function asBytes(sql: string): string {
  return `SELECT CAST("json" AS BLOB) AS "json" FROM (${sql})`;
}

const decoder = new TextDecoder();

/** The value of such a column; what is no UTF-8 in it is U+FFFD. */
export function parseBytes(bytes: Uint8Array | ArrayBuffer): unknown {
  return JSON.parse(decoder.decode(bytes));
}
