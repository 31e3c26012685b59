import { asBytes, parseBytes } from "@duolog/client/local";
import { type Entity, entities, KINDS_IN_ORDER, type Kind, type Source } from "@duolog/contract";
import Database from "libsql";
import { readOnlyUrl } from "../readOnlyUrl.ts";
import { rowAsJson, rowFromJson, type Table, tables, type Written } from "./table.ts";

/** The rows of the record by their sessions, for one that reads much, beside a daemon or without one. */
export interface SessionRows {
  /** The ids of all sessions of a source. */
  ids(source: Source): string[];
  /** Its rows of a kind; of a session the one. A long text in them by its hash. */
  of<K extends Kind>(kind: K, sessionId: string): Written<K>[];
  /** Of these hashes those whose text is not there. */
  missing(hashes: string[]): string[];
  close(): void;
}

type Values = (string | number | null)[];

const IDS = `SELECT json_group_array("id") AS "json" FROM "sessions" WHERE "source" = ?`;
const MISSING = `SELECT json_group_array(wanted.value) AS "json" FROM json_each(?) AS wanted
  WHERE NOT EXISTS (SELECT 1 FROM "blobs" AS b WHERE b."hash" = wanted.value)`;

/** Opens a migrated database to read it alone. Throws like SQLite. */
export function openSessionRows(database: string): SessionRows {
  const db = new Database(readOnlyUrl(database), { timeout: 5_000 });
  const ask = (sql: string) => {
    const statement = db.prepare(asBytes(sql));
    // Not `get`: it would leave the statement, and with it the transaction, open.
    return (value: string) => parseBytes((statement.all(value)[0] as { json: Buffer }).json);
  };
  const [ids, missing] = [ask(IDS), ask(MISSING)];
  const rows = new Map(KINDS_IN_ORDER.map((kind) => [kind, ask(rowsSql(kind))]));
  return {
    ids: (source) => ids(source) as string[],
    of: (kind, sessionId) => {
      const found = rows.get(kind)?.(sessionId) as Values[];
      return found.map((values) => rowFromJson(tables[kind], values));
    },
    missing: (hashes) => missing(JSON.stringify(hashes)) as string[],
    close: () => db.close(),
  };
}

function rowsSql(kind: Kind): string {
  const [session] = (entities[kind] as Entity).key;
  const table = tables[kind] as Table<unknown>;
  const column = (entities[kind].columns as Record<string, string>)[session as string];
  return `SELECT json_group_array(${rowAsJson(table, "r")}) AS "json"
    FROM "${table.name}" AS r WHERE r."${column}" = ?`;
}
