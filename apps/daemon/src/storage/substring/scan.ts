import { asBytes, parseBytes } from "@duolog/client/local";
import type { ChildKind, SearchScope } from "@duolog/contract";
import Database from "libsql";
import { type Searched, scopesOf, textOf } from "../../core/search/documents.ts";
import { type Narrow, narrowTable, termOf } from "../questions/narrow.ts";
import { readOnlyUrl } from "../readOnlyUrl.ts";
import { storedText } from "../record/blobs.ts";
import type { Connection } from "../record/connection.ts";
import { type FoundRow, readFoundRows } from "../search/foundRows.ts";

/** A text in which a substring is. */
export interface Match {
  kind: ChildKind;
  scope: SearchScope;
  key: number;
  text: string;
}

/** Reads all texts of the record for a substring, session by session; beside a daemon or without one. */
export interface Scan {
  /** The ids of the sessions, the one written last first. */
  sessions(narrow: Narrow): string[];
  /** A session's texts with the substring, whatever the case, the newest first. */
  matches(session: string, scopes: readonly SearchScope[], part: string): Match[];
  rows(kind: ChildKind, keys: number[]): Promise<FoundRow[]>;
  close(): void;
}

const KINDS: ChildKind[] = ["message", "event", "toolCall"];

const bytes = (column: string) => `CAST(r."${column}" AS BLOB) AS "${column}"`;

/** A session's texts of a kind that are searched; what lies in `blobs` beside them. */
const TEXTS: Record<
  ChildKind,
  { table: string; texts: string; hash: Partial<Record<SearchScope, string>> }
> = {
  message: {
    table: "messages",
    texts: [bytes("text_content"), bytes("reasoning_text")].join(", "),
    hash: { reasoning: "reasoning_hash" },
  },
  event: { table: "session_events", texts: bytes("text"), hash: {} },
  toolCall: {
    table: "tool_calls",
    texts: ["name", "input", "error", "output"].map(bytes).join(", "),
    hash: { tools: "input_hash", outputs: "output_hash" },
  },
};

/** Opens a migrated database to read it alone. Throws like SQLite. */
export function openScan(database: string): Scan {
  const db = new Database(readOnlyUrl(database), { timeout: 5_000 });
  const reading = readsOf(db);
  return {
    sessions(narrow) {
      const sql = `WITH ${narrowTable(narrow, "?")} SELECT json_group_array(id) AS json FROM (
        SELECT s."id" AS id FROM "sessions" AS s WHERE ${termOf(narrow)}
        ORDER BY s."updated_at" DESC, s."id")`;
      const [row] = db.prepare(asBytes(sql)).all(JSON.stringify(narrow.values)) as Json[];
      return row ? (parseBytes(row.json) as string[]) : [];
    },
    matches: (session, scopes, part) =>
      KINDS.flatMap((kind) =>
        scopesOf(kind)
          .filter((scope) => scopes.includes(scope))
          .flatMap((scope) => matchesIn(db, { session, scope, kind, part: part.toLowerCase() })),
      ),
    rows: (kind, keys) => readFoundRows(reading, kind, keys),
    close: () => db.close(),
  };
}

interface Json {
  json: ArrayBuffer;
}

interface Wanted {
  session: string;
  scope: SearchScope;
  kind: ChildKind;
  /** As small letters. */
  part: string;
}

type Stored = Record<string, ArrayBuffer | null> & { key: number };

function matchesIn(db: Database.Database, { session, scope, kind, part }: Wanted): Match[] {
  const { table, texts, hash } = TEXTS[kind];
  const column = hash[scope];
  const blob = column ? `LEFT JOIN "blobs" AS b ON b."hash" = r."${column}"` : "";
  const long = column ? `, CAST(b."text" AS BLOB) AS "blob", b."deflated"` : "";
  const rows = db
    .prepare(
      `SELECT r."key", ${texts}${long} FROM "${table}" AS r ${blob}
        WHERE r."session_id" = ? ORDER BY r."created_at" DESC, r."key" DESC`,
    )
    .all(session) as Stored[];
  return rows.flatMap((row) => {
    const text = textOf(scope, searchedOf(scope, row));
    return text?.toLowerCase().includes(part) ? [{ kind, scope, key: row.key, text }] : [];
  });
}

const decoder = new TextDecoder();

function searchedOf(scope: SearchScope, row: Stored): Searched {
  const told = (column: string) => (row[column] ? decoder.decode(row[column]) : null);
  const long = storedText({ text: row.blob ?? null, deflated: row.deflated ?? null });
  switch (scope) {
    case "messages":
      return { text: told("text_content") ?? told("text") };
    case "reasoning":
      return { reasoning: told("reasoning_text") ?? long };
    case "tools":
      return { name: told("name"), input: told("input") ?? long, error: told("error") };
    case "outputs":
      return { output: told("output") ?? long };
  }
}

/** What reads rows for hits, without Prisma. */
function readsOf(db: Database.Database): Connection {
  const none = async () => new Map<string, string>();
  return {
    async query<T>(sql: string, argument: unknown) {
      const [row] = db.prepare(asBytes(sql)).all(JSON.stringify(argument)) as Json[];
      return (row ? parseBytes(row.json) : null) as T;
    },
    readTexts: none,
    readHeads: none,
    close: async () => {},
  };
}
