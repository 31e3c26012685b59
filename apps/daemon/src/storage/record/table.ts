import {
  type Message,
  MessageColumns,
  type MessageTypes,
  type Session,
  SessionColumns,
  type SessionTypes,
} from "@duolog/contract";

/** A message's row without its row number, which SQLite gives. */
export type MessageRecord = Omit<Message, "key">;

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
}

type TextField<Types> = {
  [Field in keyof Types]: Types[Field] extends "String" | "String?" ? Field : never;
}[keyof Types];

const SESSION_TEXTS = {
  id: true,
  title: true,
  projectPath: true,
  projectName: true,
  gitBranch: true,
  model: true,
  provider: true,
  agentVersion: true,
  parentId: true,
  error: true,
  stamps: true,
} satisfies Record<TextField<SessionTypes>, true>;

const MESSAGE_TEXTS = {
  id: true,
  sessionId: true,
  role: true,
  textContent: true,
  model: true,
  provider: true,
  agent: true,
  agentId: true,
  parentId: true,
  finishReason: true,
  error: true,
  stamps: true,
} satisfies Record<TextField<MessageTypes>, true>;

function table<Row>(
  name: string,
  columnOf: Partial<Record<keyof Row & string, string>>,
  keys: (keyof Row & string)[],
  texts: Partial<Record<keyof Row & string, true>>,
): Table<Row> {
  const fields = Object.keys(columnOf) as (keyof Row & string)[];
  const positions = (wanted: string[]) =>
    new Set(fields.flatMap((field, position) => (wanted.includes(field) ? [position] : [])));
  return {
    name,
    fields,
    columns: fields.map((field) => columnOf[field] as string),
    keys: keys.map((field) => columnOf[field] as string),
    reals: positions(["cost"]),
    booleans: positions(["sourceInferred"]),
    texts: fields.filter((field) => texts[field]).map((field) => columnOf[field] as string),
  };
}

const { key: _key, ...messageColumns } = MessageColumns;

/** The tables as they are written: by the agents' own ids. */
export const sessionTable = table<Session>("sessions", SessionColumns, ["id"], SESSION_TEXTS);
export const messageTable = table<MessageRecord>(
  "messages",
  messageColumns,
  ["sessionId", "id"],
  MESSAGE_TEXTS,
);
/** Messages as they are listed: with the row number, which a page ends with. */
export const listedMessageTable = table<Message>(
  "messages",
  MessageColumns,
  ["key"],
  MESSAGE_TEXTS,
);

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

/** The bytes of a row's texts, as SQL: told by the row's head, without reading them. */
export function textBytes<Row>({ texts }: Table<Row>, alias: string): string {
  return texts.map((column) => `COALESCE(octet_length(${alias}."${column}"), 0)`).join(" + ");
}

type Scalar = string | number | boolean | null;

/** The row of an array that `rowAsJson` made. */
export function rowFromJson<Row>({ fields, reals, booleans }: Table<Row>, values: Scalar[]): Row {
  const row: Record<string, Scalar> = {};
  for (let position = 0; position < fields.length; position++) {
    const value = values[position] ?? null;
    row[fields[position] as string] = value;
  }
  for (const position of booleans) row[fields[position] as string] = values[position] === 1;
  for (const position of reals) row[fields[position] as string] = toReal(values[position] ?? null);
  return row as Row;
}

/** The number of such a text. An infinite one, which older files may hold, is none: no larger could come. */
export function toReal(text: Scalar): number | null {
  const value = text === null ? null : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The array that the upsert statement reads. */
export function rowToJson<Row>({ fields }: Table<Row>, row: Row): unknown[] {
  return fields.map((field) => {
    const value = row[field];
    return typeof value === "boolean" ? Number(value) : value;
  });
}

/**
 * Inserts or replaces the rows of a JSON array of arrays, in one statement and so in one commit.
 * Each row is taken apart once (MATERIALIZED, in SQLite's binary form): without that, SQLite
 * writes and parses its text anew for every column.
 */
export function upsertSql<Row>({ name, columns, keys }: Table<Row>): string {
  const quoted = columns.map((column) => `"${column}"`);
  const values = columns.map((_, position) => `v ->> ${position}`);
  const updates = columns
    .filter((column) => !keys.includes(column))
    .map((column) => `"${column}" = excluded."${column}"`);
  return `WITH r(v) AS MATERIALIZED (SELECT jsonb(value) FROM json_each(?))
    INSERT INTO "${name}" (${quoted.join(", ")})
    SELECT ${values.join(", ")} FROM r WHERE true
    ON CONFLICT (${keys.map((key) => `"${key}"`).join(", ")}) DO UPDATE SET ${updates.join(", ")}`;
}
