import type { ChildKind, SearchScope, Source } from "@duolog/contract";
import { INDEXED, type Searched } from "../../core/search/documents.ts";
import type { Connection } from "../record/connection.ts";
import { FILES, headsOf } from "./changedRows.ts";

/** What a hit tells of its row, without the text. */
export interface FoundRow {
  key: number;
  id: string;
  sessionId: string;
  messageId: string | null;
  createdAt: number | null;
  source: Source | null;
  role: string | null;
  /** The model that spoke, or, of a call or event, its session's. */
  model: string | null;
  /** A call's name. */
  tool: string | null;
  /** The files that a call touched. */
  files: (string | null)[];
  /** An event's kind. */
  event: string | null;
  title: string | null;
  project: string | null;
  /** Sessions that have the same, and those of which this one is a copy. */
  twins: string[];
  origins: string[];
}

const text = (column: string) => `CAST(${column} AS TEXT)`;
const list = (sql: string) =>
  `json((SELECT json_group_array(CAST(session_id AS TEXT)) FROM (${sql} LIMIT 50)))`;

interface Told {
  from: string;
  fields: Record<keyof Omit<FoundRow, "key">, string>;
}

const COMMON = {
  id: text(`r."id"`),
  sessionId: text(`r."session_id"`),
  createdAt: `r."created_at"`,
  source: text(`r."source"`),
  title: text(`s."title"`),
  project: text(`s."project_path"`),
};

const SESSION = `LEFT JOIN "sessions" AS s ON s."id" = r."session_id"`;
const NONE = "json_array()";

/** Of a row of the forked session with the same id. */
const inFork = (table: string) => `SELECT f."session_id" FROM "${table}" AS f
  WHERE f."session_id" = s."forked_from_id" AND f."id" = r."id"`;

/** Of the twins `o` of a message, those that are no copies of another one by their session. */
const BY_ITSELF = (
  id: string,
) => `NOT EXISTS (SELECT 1 FROM "sessions" AS f CROSS JOIN "messages" AS p
  ON p."session_id" = f."forked_from_id" AND p."id" = ${id} WHERE f."id" = o."session_id")`;

const SOURCES: Record<ChildKind, Told> = {
  message: {
    from: `"messages" AS r ON r."key" = wanted.value ${SESSION}`,
    fields: {
      ...COMMON,
      messageId: text(`r."id"`),
      role: text(`r."role"`),
      model: text(`r."model"`),
      tool: "NULL",
      files: NONE,
      event: "NULL",
      twins: list(
        `SELECT o."session_id" FROM "messages" AS o WHERE o."id" = r."id" AND o."session_id" <> r."session_id" AND ${BY_ITSELF('r."id"')}`,
      ),
      origins: list(`SELECT o."session_id" FROM "messages" AS o WHERE o."id" = r."copied_from_id"
        UNION ${inFork("messages")}`),
    },
  },
  toolCall: {
    from: `"tool_calls" AS r ON r."key" = wanted.value ${SESSION}
      LEFT JOIN "messages" AS m ON m."session_id" = r."session_id" AND m."id" = r."message_id"`,
    fields: {
      ...COMMON,
      messageId: text(`r."message_id"`),
      role: "'assistant'",
      model: text(`COALESCE(m."model", s."model")`),
      tool: text(`r."name"`),
      files: FILES,
      event: "NULL",
      // The same call is in the same message of the other session; a copy of one has the copy's id in it.
      twins: list(`SELECT o."session_id" FROM "messages" AS o CROSS JOIN "tool_calls" AS c
        ON c."session_id" = o."session_id" AND c."id" = r."id"
        WHERE o."id" = r."message_id" AND o."session_id" <> r."session_id" AND ${BY_ITSELF('r."message_id"')}`),
      origins: list(`SELECT o."session_id" FROM "messages" AS o CROSS JOIN "tool_calls" AS c
        ON c."session_id" = o."session_id" AND c."id" = m."copied_from_id" || substr(r."id", length(m."id") + 1)
        WHERE o."id" = m."copied_from_id" UNION ${inFork("tool_calls")}`),
    },
  },
  event: {
    from: `"session_events" AS r ON r."key" = wanted.value ${SESSION}`,
    fields: {
      ...COMMON,
      messageId: text(`r."message_id"`),
      role: `iif(r."kind" IN ('prompt', 'reply'), 'user', NULL)`,
      model: text(`s."model"`),
      tool: "NULL",
      files: NONE,
      event: text(`r."kind"`),
      twins: NONE,
      origins: list(inFork("session_events")),
    },
  },
};

function rowsSql(kind: ChildKind): string {
  const { from, fields } = SOURCES[kind];
  const values = Object.entries(fields).flatMap(([name, sql]) => [`'${name}'`, sql]);
  return `SELECT json_group_array(json_object('key', r."key", ${values.join(", ")})) AS json
    FROM json_each(?) AS wanted CROSS JOIN ${from}`;
}

/** The rows of these keys, those that are there, in any order. Rejects with StorageError. */
export function readFoundRows(
  connection: Connection,
  kind: ChildKind,
  keys: number[],
): Promise<FoundRow[]> {
  return connection.query(rowsSql(kind), keys);
}

interface Texts extends Searched {
  key: number;
  hash: string | null;
}

const TEXTS: Record<SearchScope, Partial<Record<ChildKind, string>>> = {
  messages: {
    message: `'text', substr(${text(`r."text_content"`)}, 1, ${INDEXED.messages})`,
    event: `'text', substr(${text(`r."text"`)}, 1, ${INDEXED.messages})`,
  },
  reasoning: {
    message: `'reasoning', ${text(`r."reasoning_text"`)}, 'hash', ${text(`r."reasoning_hash"`)}`,
  },
  tools: {
    toolCall: `'name', ${text(`r."name"`)}, 'input', ${text(`r."input"`)}, 'hash', ${text(`r."input_hash"`)},
      'error', substr(${text(`r."error"`)}, 1, ${INDEXED.tools})`,
  },
  outputs: {
    toolCall: `'output', ${text(`r."output"`)}, 'hash', ${text(`r."output_hash"`)}`,
  },
};

const TABLES: Record<ChildKind, string> = {
  message: "messages",
  toolCall: "tool_calls",
  event: "session_events",
};

/** What of a scope is searched in these rows, as far as it is indexed, by their keys. Rejects with StorageError. */
export async function readFoundTexts(
  connection: Connection,
  scope: SearchScope,
  kind: ChildKind,
  keys: number[],
): Promise<Map<number, Searched>> {
  const sql = `SELECT json_group_array(json_object('key', r."key", ${TEXTS[scope][kind]})) AS json
    FROM json_each(?) AS wanted CROSS JOIN "${TABLES[kind]}" AS r ON r."key" = wanted.value`;
  const rows = await connection.query<Texts[]>(sql, keys);
  const heads = await headsOf(
    connection,
    rows.map(({ hash }) => hash),
    INDEXED[scope],
  );
  return new Map(rows.map((row) => [row.key, withHead(scope, row, heads.get(row.hash ?? ""))]));
}

function withHead(scope: SearchScope, row: Texts, head: string | undefined): Searched {
  if (head === undefined) return row;
  const field = ({ reasoning: "reasoning", tools: "input", outputs: "output" } as const)[
    scope as "reasoning" | "tools" | "outputs"
  ];
  return { ...row, [field]: head };
}
