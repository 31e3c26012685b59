import { parseBytes } from "@duolog/client/local";
import type { Kind } from "@duolog/contract";
import Database from "libsql";
import { type Migration, readMigrations } from "../migrate/migrations.ts";
import { type StoredText, storedText } from "../record/blobs.ts";
import { rowFromJson, type Table, tables, type Written } from "../record/table.ts";
import { isOfContent } from "../storageError.ts";
import { mendSchema } from "./damagedSchema.ts";

/** What can still be read of a damaged database, in pages. */
export interface DamagedDatabase {
  rows<K extends Kind>(kind: K): Iterable<Written<K>[]>;
  /** The texts of `blobs` by their hashes, as far as they can be read. */
  readTexts(hashes: string[]): Map<string, string>;
  close(): void;
}

/** Rows read in one go. */
const PAGE = 100;

/**
 * Opens a copy, of this version or an earlier one, which SQLite may write to. Rows are found along
 * the tables alone, so that damaged indexes cost nothing; a damaged page costs the rows on it.
 * Throws like SQLite, as the pages do, where the disk, a lock or memory is in the way.
 * @param migrations the directory of the migrations
 */
export function openDamagedDatabase(copy: string, migrations: string): DamagedDatabase {
  mend(copy, readMigrations(migrations));
  const db = new Database(copy);
  readable(() => db.pragma("writable_schema = ON"));
  return {
    rows: (kind) => readTable(db, tables[kind]),
    readTexts: createTextReader(db),
    close: () => db.close(),
  };
}

/** A schema that was mended is read by the next connection. */
function mend(copy: string, migrations: Migration[]): void {
  const db = new Database(copy);
  try {
    readable(() => mendSchema(db, migrations));
  } finally {
    db.close();
  }
}

type Value = string | number | null;
/** A row number, and the values of the row's fields. */
type Found = { rowNumber: number; values: Value[] };

function* readTable<Row>(db: Database.Database, table: Table<Row>): Generator<Row[]> {
  const read = readerOf(db, table.name, table.columns);
  if (!read) return;
  for (const rows of walk(read)) yield rows.map(({ values }) => rowFromJson(table, values));
}

/** Finds texts along the table alone, as the rows: which row has which hash is learnt once. */
function createTextReader(db: Database.Database): (hashes: string[]) => Map<string, string> {
  let rowNumbers: Map<string, number> | null = null;
  const select = readable(() =>
    db.prepare(`SELECT CAST("text" AS BLOB) AS "text", "deflated" FROM "blobs" WHERE "rowid" = ?`),
  );
  return (hashes) => {
    rowNumbers ??= rowNumbersOf(db);
    const found = hashes.flatMap((hash): [string, string][] => {
      const row = rowNumbers?.get(hash);
      if (row === undefined || !select) return [];
      const stored = readable(() => select.get(row) as StoredText);
      const text = stored && storedText(stored);
      return text === null ? [] : [[hash, text]];
    });
    return new Map(found);
  };
}

function rowNumbersOf(db: Database.Database): Map<string, number> {
  const read = readerOf(db, "blobs", ["hash"], "hash");
  const found = new Map<string, number>();
  if (!read) return found;
  for (const rows of walk(read)) {
    for (const { rowNumber, values } of rows) found.set(String(values[0]), rowNumber);
  }
  return found;
}

/** Null where nothing of the table can be known. */
function readerOf(db: Database.Database, table: string, wanted: string[], key = "id") {
  const columns = readable(() => db.prepare("SELECT name FROM pragma_table_info(?)").all(table));
  const present = new Set((columns ?? []).map((column) => (column as { name: string }).name));
  if (!present.has(key)) return null;
  // A table of an earlier version has fewer.
  const values = wanted.map((column) => (present.has(column) ? jsonValue(column) : "NULL"));
  // A search for what is above a row goes to that row's page first, which may be a damaged one.
  const sql = `SELECT CAST(json_array(${values.join(", ")}) AS BLOB) AS "json", "rowid" AS "rowNumber"
    FROM "${table}" WHERE "rowid" >= ? + 1 ORDER BY "rowid" LIMIT ?`;
  const select = readable(() => db.prepare(sql));
  return (
    select &&
    ((after: number, limit: number): Found[] | null =>
      readable(() =>
        (select.all(after, limit) as { rowNumber: number; json: ArrayBuffer }[]).map(
          ({ rowNumber, json }) => ({ rowNumber, values: parseBytes(json) as Value[] }),
        ),
      ))
  );
}

/** JSON takes no bytes, and of a REAL no more than 15 digits. */
function jsonValue(column: string): string {
  return `CASE typeof("${column}") WHEN 'blob' THEN NULL
    WHEN 'real' THEN printf('%!.17g', "${column}") ELSE "${column}" END`;
}

/** The first rows behind a row number, at most so many; null where it stumbles. */
type Read<Row> = (after: number, limit: number) => Row[] | null;

/** All rows that are read, in finitely many pages, some of them twice where a page is damaged. */
export function* walk<Row extends { rowNumber: number }>(readOnce: Read<Row>): Generator<Row[]> {
  const read = onwards(readOnce);
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

/**
 * A damaged page may lead back: rows that end at no higher number than they were looked for behind
 * would be read for ever. Those in between may fall, or less could be read.
 */
function onwards<Row extends { rowNumber: number }>(read: Read<Row>): Read<Row> {
  return (after, limit) => {
    const rows = read(after, limit);
    const last = rows?.at(-1);
    return last && last.rowNumber <= after ? null : rows;
  };
}

/**
 * The nearest place above `unreadable` to read on from; null for none. It is found by single steps for
 * as many rows as a page may hold, or a short page between two damaged ones would be passed over, then
 * by doubling and halving.
 */
function firstReadable(unreadable: number, isReadable: (from: number) => boolean): number | null {
  let [bad, good] = [unreadable, unreadable + 1];
  while (!isReadable(good)) {
    const passed = good - unreadable;
    bad = good;
    good += passed < PAGE ? 1 : passed;
    if (good > Number.MAX_SAFE_INTEGER) return null;
  }
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (isReadable(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** What `read` gives, or null where the damage is in its way. Throws like SQLite for all else. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isOfContent(error)) throw error;
    return null;
  }
}
