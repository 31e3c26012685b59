import { type Message, MessageColumns, type Session, SessionColumns } from "@duolog/contract";
import Database from "libsql";
import { sqliteCode } from "./storageError.ts";

/** What can still be read of a damaged database, in pages. */
export interface DamagedDatabase {
  sessions(): Iterable<Session[]>;
  messages(): Iterable<Message[]>;
  close(): void;
}

/** Rows read in one go. */
const PAGE = 100;

/**
 * Opens a copy, of this version or an earlier one, which SQLite may write to. Rows are found along
 * the tables alone, so that damaged indexes cost nothing; a damaged page costs the rows on it.
 */
export function openDamagedDatabase(copy: string): DamagedDatabase {
  const db = new Database(copy);
  return {
    sessions: () => readTable<Session>(db, "sessions", SessionColumns),
    messages: () => readTable<Message>(db, "messages", MessageColumns),
    close: () => db.close(),
  };
}

type Value = string | number | null;
/** A row by its fields, with its row number. */
type Found = Record<string, Value> & { rowNumber: number };

function* readTable<Row>(
  db: Database.Database,
  table: string,
  columnOf: Record<string, string>,
): Generator<Row[]> {
  const columns = readable(() => db.prepare(`SELECT name FROM pragma_table_info(?)`).all(table));
  const present = new Set((columns ?? []).map((column) => (column as { name: string }).name));
  // A table of an earlier version has fewer; of one that can't be read nothing is known.
  if (!present.has("id")) return;
  const fields = Object.entries(columnOf)
    .map(([field, column]) => `${present.has(column) ? `"${column}"` : "NULL"} AS "${field}"`)
    .join(", ");
  const sql = `SELECT "rowid" AS "rowNumber", ${fields} FROM "${table}"
    WHERE "rowid" > ? ORDER BY "rowid" LIMIT ?`;
  const select = readable(() => db.prepare(sql));
  if (!select) return;
  const read = (after: number, limit: number) =>
    readable(() => select.all(after, limit) as Found[]);
  for (const rows of walk(read)) yield rows.map((row) => rowOf<Row>(row));
}

/** A row of the field's own types; of earlier versions too. */
function rowOf<Row>({ rowNumber: _rowNumber, ...row }: Found): Row {
  return { ...row, sourceInferred: row.sourceInferred === 1 } as Row;
}

/**
 * All rows that `read` gives, which gives null where it stumbles.
 * @param read the first rows behind a row number, at most so many
 */
export function* walk<Row extends { rowNumber: number }>(
  read: (after: number, limit: number) => Row[] | null,
): Generator<Row[]> {
  let after = 0;
  for (;;) {
    const rows = read(after, PAGE) ?? read(after, 1);
    if (rows) {
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      after = last.rowNumber;
      continue;
    }
    const next = firstReadable(after, (from) => read(from, 1) !== null);
    if (next === null) return;
    after = next;
  }
}

/** The nearest place above `unreadable` to read on from, found by doubling and halving; null for none. */
function firstReadable(unreadable: number, isReadable: (from: number) => boolean): number | null {
  let step = 1;
  while (!isReadable(unreadable + step)) {
    step *= 2;
    if (unreadable + step > Number.MAX_SAFE_INTEGER) return null;
  }
  let [bad, good] = [unreadable + Math.floor(step / 2), unreadable + step];
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (isReadable(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** What `read` gives, or null where SQLite finds the file damaged, or bytes that are no text. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (sqliteCode(error) === null && !/utf-?8/i.test(String(error))) throw error;
    return null;
  }
}
