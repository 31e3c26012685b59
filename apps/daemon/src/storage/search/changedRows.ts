import { entities, type Kind, mapKinds } from "@duolog/contract";
import { INDEXED, type Searched } from "../../core/search/documents.ts";
import type { Connection } from "../record/connection.ts";

/** Which rows of a kind are wanted: behind a change, before one (newest first), or a session's. */
export type Slice =
  | { by: "after"; seq: number }
  | { by: "before"; seq: number; key: number }
  | { by: "session"; session: string; key: number };

/** What the index takes of a row, its long texts filled in as far as they are indexed. */
export interface IndexedRow extends Searched {
  key: number;
  /** Number of the change that wrote it last. */
  seq: number;
  sessionId: string;
  source: string | null;
  role: string | null;
  model: string | null;
  /** When it was, or else when it was last heard of, epoch ms; 0 where nobody knows. */
  at: number;
  /** Of a call: the hash of a long output, and the files that it touched. */
  outputHash: string | null;
  files: string[];
  projectPath: string | null;
  projectName: string | null;
  /** The session that started its session. */
  parent: string | null;
}

/** Most rows of a turn, and most text of theirs, bytes: what writing it to the index may hold up. */
const TURN_ROWS = 100;
const TURN_BYTES = 60_000;

/** What a turn takes; `more` where the slice goes on. */
export interface Turn {
  rows: IndexedRow[];
  more: boolean;
}

const KEY = (kind: Kind) => (kind === "session" ? `r."rowid"` : `r."key"`);

const SESSION = (kind: Kind) => (kind === "session" ? `r."id"` : `r."session_id"`);

const SIZE: Record<Kind, string> = {
  session: "0",
  message: `MIN(COALESCE(octet_length(r."text_content"), 0), ${INDEXED.messages})
    + MIN(COALESCE(r."reasoning_bytes", 0), ${INDEXED.reasoning})`,
  toolCall: `MIN(COALESCE(r."input_bytes", 0), ${INDEXED.tools}) + COALESCE(octet_length(r."error"), 0)
    + MIN(COALESCE(r."output_bytes", 0), ${INDEXED.outputs})`,
  event: `MIN(COALESCE(octet_length(r."text"), 0), ${INDEXED.messages})`,
};

const text = (column: string) => `CAST(r."${column}" AS TEXT)`;

/** The files that a call `r` touched, one or several; null among them where it tells none. */
export const FILES = `json(iif(json_valid(r."data"), iif(json_type(r."data", '$.files') = 'array',
  json_insert(r."data" -> '$.files', '$[#]', r."file_path"), json_array(r."file_path")),
  json_array(r."file_path")))`;

const FIELDS: Record<Kind, Partial<Record<keyof IndexedRow | Hashed, string>>> = {
  session: {},
  message: {
    role: text("role"),
    model: text("model"),
    text: `substr(${text("text_content")}, 1, ${INDEXED.messages})`,
    reasoning: text("reasoning_text"),
    reasoningHash: text("reasoning_hash"),
  },
  toolCall: {
    role: `iif(r."key" IS NULL, NULL, 'assistant')`,
    name: text("name"),
    input: text("input"),
    inputHash: text("input_hash"),
    error: `substr(${text("error")}, 1, ${INDEXED.tools})`,
    output: text("output"),
    outputHash: text("output_hash"),
    files: FILES,
  },
  event: {
    role: `iif(r."kind" IN ('prompt', 'reply'), 'user', NULL)`,
    text: `substr(${text("text")}, 1, ${INDEXED.messages})`,
  },
};

type Hashed = "reasoningHash" | "inputHash";

function fieldsOf(kind: Kind): [name: string, sql: string][] {
  const own = Object.entries(FIELDS[kind]);
  return [
    ["key", KEY(kind)],
    ["seq", `r."changed_seq"`],
    ["sessionId", `CAST(${SESSION(kind)} AS TEXT)`],
    ["source", text("source")],
    ["at", `COALESCE(r."created_at", r."updated_at", r."observed_at", 0)`],
    ["projectPath", `CAST(s."project_path" AS TEXT)`],
    ["projectName", `CAST(s."project_name" AS TEXT)`],
    ["parent", `CAST(s."parent_id" AS TEXT)`],
    ...own,
  ];
}

/** The keys of a slice; its `q` has what it begins with. */
const KEYS: Record<Slice["by"], (kind: Kind) => { from: string; order: string }> = {
  after: (kind) => ({
    from: `SELECT ${KEY(kind)} AS key, "changed_seq" AS seq FROM "${entities[kind].table}" AS r
      WHERE "changed_seq" > (SELECT seq FROM q) ORDER BY "changed_seq" LIMIT ${TURN_ROWS + 1}`,
    order: "page.seq",
  }),
  // Rows of before changes were numbered share one number.
  before: (kind) => ({
    from: `SELECT * FROM (SELECT ${KEY(kind)} AS key, "changed_seq" AS seq FROM "${entities[kind].table}" AS r
        WHERE "changed_seq" = (SELECT seq FROM q) AND ${KEY(kind)} < (SELECT key FROM q)
        ORDER BY ${KEY(kind)} DESC LIMIT ${TURN_ROWS + 1})
      UNION ALL SELECT * FROM (SELECT ${KEY(kind)} AS key, "changed_seq" AS seq FROM "${entities[kind].table}" AS r
        WHERE "changed_seq" < (SELECT seq FROM q)
        ORDER BY "changed_seq" DESC, ${KEY(kind)} DESC LIMIT ${TURN_ROWS + 1})
      LIMIT ${TURN_ROWS + 1}`,
    order: "page.seq DESC, page.key DESC",
  }),
  session: (kind) => ({
    from: `SELECT ${KEY(kind)} AS key, 0 AS seq FROM "${entities[kind].table}" AS r
      WHERE ${SESSION(kind)} = (SELECT session FROM q) AND ${KEY(kind)} > (SELECT key FROM q)
      ORDER BY ${KEY(kind)} LIMIT ${TURN_ROWS + 1}`,
    order: "page.key",
  }),
};

function turnSql(kind: Kind, by: Slice["by"]): string {
  const { from, order } = KEYS[by](kind);
  const table = entities[kind].table;
  const values = fieldsOf(kind).map(([, sql]) => sql);
  return `WITH q(seq, key, session) AS MATERIALIZED (
      SELECT v ->> 0, v ->> 1, v ->> 2 FROM (SELECT ? AS v)
    ), page AS MATERIALIZED (${from}
    ), sized AS (
      SELECT page.key, ROW_NUMBER() OVER before AS number, SUM(${SIZE[kind]}) OVER before AS bytes
      FROM page CROSS JOIN "${table}" AS r ON ${KEY(kind)} = page.key
      WINDOW before AS (ORDER BY ${order})
    )
    SELECT json_object('found', (SELECT COUNT(*) FROM page), 'rows', json_group_array(json(item))) AS json
    FROM (
      SELECT json_array(${values.join(", ")}) AS item
      FROM sized CROSS JOIN "${table}" AS r ON ${KEY(kind)} = sized.key
      LEFT JOIN "sessions" AS s ON s."id" = ${SESSION(kind)}
      WHERE sized.number <= ${TURN_ROWS} AND (sized.bytes <= ${TURN_BYTES} OR sized.number = 1)
      ORDER BY sized.number
    )`;
}

const made = new Map<string, string>();

function sqlOf(kind: Kind, by: Slice["by"]): string {
  const known = made.get(`${kind} ${by}`) ?? turnSql(kind, by);
  made.set(`${kind} ${by}`, known);
  return known;
}

const names = mapKinds((kind) => fieldsOf(kind).map(([name]) => name));

type Told = IndexedRow & Partial<Record<Hashed, string | null>>;

/** Reads a turn's rows of a slice. Rejects with StorageError. */
export async function readTurn(connection: Connection, kind: Kind, slice: Slice): Promise<Turn> {
  const q = [
    "seq" in slice ? slice.seq : null,
    "key" in slice ? slice.key : null,
    "session" in slice ? slice.session : null,
  ];
  const page = await connection.query<{ found: number; rows: unknown[][] }>(
    sqlOf(kind, slice.by),
    q,
  );
  const rows = page.rows.map((values) => rowFrom(names[kind], values));
  await fillIn(connection, rows);
  return { rows, more: page.found > rows.length };
}

const BLANK: Told = {
  key: 0,
  seq: 0,
  sessionId: "",
  source: null,
  role: null,
  model: null,
  at: 0,
  outputHash: null,
  files: [],
  projectPath: null,
  projectName: null,
  parent: null,
};

function rowFrom(fields: string[], values: unknown[]): Told {
  const told = Object.fromEntries(fields.map((field, i) => [field, values[i] ?? null]));
  const row: Told = { ...BLANK, ...told };
  const files = Array.isArray(told.files) ? told.files : [];
  return { ...row, files: [...new Set(files.filter((file) => typeof file === "string" && file))] };
}

/** Reads the heads of the long texts. */
async function fillIn(connection: Connection, rows: Told[]): Promise<void> {
  const long = rows.flatMap(({ reasoningHash, inputHash }) => [reasoningHash, inputHash]);
  const texts = await headsOf(connection, long, INDEXED.tools);
  const outputs = await headsOf(
    connection,
    rows.map(({ outputHash }) => outputHash),
    INDEXED.outputs,
  );
  for (const row of rows) {
    if (row.reasoningHash) row.reasoning = texts.get(row.reasoningHash) ?? null;
    if (row.inputHash) row.input = texts.get(row.inputHash) ?? null;
    if (row.outputHash) row.output = outputs.get(row.outputHash) ?? null;
  }
}

export async function headsOf(
  connection: Connection,
  hashes: (string | null | undefined)[],
  bytes: number,
): Promise<Map<string, string>> {
  const wanted = [...new Set(hashes.filter((hash) => typeof hash === "string"))];
  return wanted.length > 0 ? connection.readHeads(wanted, bytes) : new Map();
}
