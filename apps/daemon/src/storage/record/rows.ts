import { asBytes, parseBytes } from "@duolog/client/local";
import { type ChildKind, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import type Database from "libsql";
import { type BlobRows, prepareBlobs } from "./blobs.ts";
import { type Infer, prepareInfer } from "./inference.ts";
import {
  rowAsJson,
  rowFromJson,
  type Table,
  tables,
  upsertSql,
  valuesOf,
  type Written,
} from "./table.ts";

/** A row's ids, as it is known by them (merge rule M1), in the order of its entity's `key`. */
export type Key = readonly string[];

/** What a transaction reads and writes: one statement per table and direction. */
export interface Rows extends BlobRows {
  /** Reads the rows that are there. */
  read<K extends Kind>(kind: K, keys: Key[]): Written<K>[];
  /** Inserts or replaces whole rows: sessions before what refers to them. */
  write<K extends Kind>(kind: K, rows: Written<K>[]): void;
  /** Takes rows out, of those that are there. */
  remove(kind: ChildKind, keys: Key[]): void;
  /** M8, over what was touched. */
  infer: Infer;
}

/** Of rows by their keys. */
function readSql<Row>(table: Table<Row>): string {
  const known = table.keys.map((key, position) => `r."${key}" = wanted.value ->> ${position}`);
  return `SELECT json_group_array(${rowAsJson(table, "r")}) AS json
    FROM json_each(?) AS wanted CROSS JOIN "${table.name}" AS r ON ${known.join(" AND ")}`;
}

/** The statements through a connection to a migrated database, within whatever transaction it is in. */
export function prepareRows(db: Database.Database): Rows {
  const prepared = new Map<Kind, PreparedTable>();
  for (const kind of KINDS_IN_ORDER) {
    const table = tables[kind] as Table<object>;
    const [read, write] = [prepareRead(db, table), prepareWrite(db, table)];
    prepared.set(kind, { read, write, remove: (keys) => removeRows(db, table, keys) });
  }
  const of = (kind: Kind) => prepared.get(kind) as PreparedTable;
  return {
    read: (kind, keys) => of(kind).read(keys) as never[],
    write: (kind, rows) => of(kind).write(rows),
    remove: (kind, keys) => of(kind).remove(keys),
    ...prepareBlobs(db),
    infer: prepareInfer(db),
  };
}

interface PreparedTable {
  read(keys: Key[]): object[];
  write(rows: object[]): void;
  remove(keys: Key[]): void;
}

type Values = (string | number | null)[];

function prepareRead<Row>(db: Database.Database, table: Table<Row>): (keys: Key[]) => Row[] {
  const statement = db.prepare(asBytes(readSql(table)));
  return (keys) => {
    const { json } = statement.get(JSON.stringify(keys)) as { json: Buffer };
    return (parseBytes(json) as Values[]).map((values) => rowFromJson(table, values));
  };
}

function prepareWrite<Row>(db: Database.Database, table: Table<Row>): (rows: Row[]) => void {
  const statement = db.prepare(upsertSql(table));
  return (rows) => {
    for (const row of rows) statement.run(valuesOf(table, row));
  };
}

function removeRows<Row>(db: Database.Database, { name, keys }: Table<Row>, rows: Key[]): void {
  const known = keys.map((key) => `"${key}" = ?`).join(" AND ");
  const statement = db.prepare(`DELETE FROM "${name}" WHERE ${known}`);
  for (const row of rows) statement.run(row);
}
