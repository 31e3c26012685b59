import {
  CHILD_KINDS,
  type ChildKind,
  type Entity,
  entities,
  KINDS_IN_ORDER,
  type Kind,
  type RowOf,
} from "@duolog/contract";

/** A row as it is written: without the row number, which SQLite gives. */
export type Written<K extends Kind> = Omit<RowOf<K>, "key">;

/** What the statements need to know of a table. Fields and columns stand in the same order. */
export interface Table<Row> {
  name: string;
  fields: (keyof Row & string)[];
  columns: string[];
  /** The columns by which a row is known. */
  keys: string[];
  /** Positions of the fields that are REAL or BOOLEAN in the file. */
  reals: Set<number>;
  booleans: Set<number>;
  /** The columns that hold text of any length. */
  texts: string[];
  /** The fields whose text may lie outside the row, with the columns of its hash and size. */
  sizes: { text: string; hash: string; bytes: string }[];
}

function table<Row>(
  { table, columns, types, long }: Entity,
  fields: (keyof Row & string)[],
  keys: readonly string[],
): Table<Row> {
  const columnOf = (field: string) => (columns as Record<string, string>)[field] as string;
  const isOf = (field: string, ...wanted: string[]) =>
    wanted.includes((types as Record<string, string>)[field] as string);
  const positions = (...wanted: string[]) =>
    new Set(fields.flatMap((field, position) => (isOf(field, ...wanted) ? [position] : [])));
  return {
    name: table,
    fields,
    columns: fields.map(columnOf),
    keys: keys.map(columnOf),
    reals: positions("Float", "Float?"),
    booleans: positions("Boolean", "Boolean?"),
    texts: fields.filter((field) => isOf(field, "String", "String?")).map(columnOf),
    sizes: long.map(({ text, hash, bytes }) => ({
      text,
      hash: columnOf(hash),
      bytes: columnOf(bytes),
    })),
  };
}

function fieldsOf({ columns }: Entity): string[] {
  return Object.keys(columns);
}

/** The table of each kind as it is written: by the agents' own ids. */
export const tables = Object.fromEntries(
  KINDS_IN_ORDER.map((kind) => {
    const entity = entities[kind] as Entity;
    const fields = fieldsOf(entity).filter((field) => field !== "key");
    return [kind, table(entity, fields as never[], entity.key)];
  }),
) as unknown as { [K in Kind]: Table<Written<K>> };

/** A kind's table as it is listed: with the row number, which a page ends with. */
export const listedTables = Object.fromEntries(
  CHILD_KINDS.map((kind) => {
    const entity = entities[kind] as Entity;
    return [kind, table(entity, fieldsOf(entity) as never[], ["key"])];
  }),
) as unknown as { [K in ChildKind]: Table<RowOf<K>> };

/**
 * A row as a JSON array of its columns, in the order of `table.columns`. JSON spares a conversion
 * of each value in Prisma, and numbers come as numbers. SQLite writes a REAL with 15 digits there,
 * which would lose the last bits, so those go as text of 17; `printf` alone would make 0 of NULL.
 * JSON takes no bytes, and one damaged bit makes bytes of a text.
 */
export function rowAsJson<Row>({ columns, reals, texts }: Table<Row>, alias: string): string {
  const values = columns.map((column, position) => {
    const value = `${alias}."${column}"`;
    if (texts.includes(column)) return `CAST(${value} AS TEXT)`;
    return reals.has(position) ? `iif(${value} IS NULL, NULL, printf('%!.17g', ${value}))` : value;
  });
  return `json_array(${values.join(", ")})`;
}

/**
 * The bytes of a row's texts, as SQL: told by the row's head, without reading them. Of those that lie
 * outside the row the given ones count too.
 */
export function textBytes<Row>(
  { texts, sizes }: Table<Row>,
  alias: string,
  fields: readonly string[] = [],
): string {
  const inRow = texts.map((column) => `COALESCE(octet_length(${alias}."${column}"), 0)`);
  const outside = sizes
    .filter(({ text }) => fields.includes(text))
    .map(
      ({ hash, bytes }) => `iif(${alias}."${hash}" IS NULL, 0, COALESCE(${alias}."${bytes}", 0))`,
    );
  return [...inRow, ...outside].join(" + ");
}

type Scalar = string | number | boolean | null;

/** The row of an array that `rowAsJson` made. */
export function rowFromJson<Row>({ fields, reals, booleans }: Table<Row>, values: Scalar[]): Row {
  const row: Record<string, Scalar> = {};
  for (let position = 0; position < fields.length; position++) {
    const value = values[position] ?? null;
    row[fields[position] as string] = value;
  }
  for (const position of booleans) row[fields[position] as string] = toBoolean(values[position]);
  for (const position of reals) row[fields[position] as string] = toReal(values[position] ?? null);
  return row as Row;
}

function toBoolean(value: Scalar | undefined): boolean | null {
  return value === null || value === undefined ? null : value === 1;
}

/** The number of such a text. An infinite one, which older files may hold, is none: no larger could come. */
export function toReal(text: Scalar): number | null {
  const value = text === null ? null : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The values that the upsert statement takes. */
export function valuesOf<Row>({ fields }: Table<Row>, row: Row): unknown[] {
  return fields.map((field) => {
    const value = row[field];
    return typeof value === "boolean" ? Number(value) : value;
  });
}

/** Inserts or replaces one row. */
export function upsertSql<Row>({ name, columns, keys }: Table<Row>): string {
  const quoted = columns.map((column) => `"${column}"`);
  const updates = columns
    .filter((column) => !keys.includes(column))
    .map((column) => `"${column}" = excluded."${column}"`);
  return `INSERT INTO "${name}" (${quoted.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT (${keys.map((key) => `"${key}"`).join(", ")}) DO UPDATE SET ${updates.join(", ")}`;
}
