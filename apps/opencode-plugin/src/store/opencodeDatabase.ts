import { asBytes, parseBytes } from "@duolog/client/local";
import Database from "libsql";

/** A row as some version of OpenCode wrote it: columns come and go between versions. */
export type OpencodeRow = Readonly<Record<string, unknown>>;

/**
 * OpenCode's own database (lode/opencode/event-handling.md, "Import"). Rows come in the order in
 * which they were made.
 */
export interface OpencodeDatabase {
  /** Of every session that has a row or events. */
  sessionIds(): string[];
  /** Null for a session of which only events are left. */
  session(id: string): OpencodeRow | null;
  /** The session's durable events: id, type, data. None in a database from before they were kept. */
  events(sessionId: string): Iterable<OpencodeRow>;
  messages(sessionId: string): Iterable<OpencodeRow>;
  parts(messageId: string): Iterable<OpencodeRow>;
  close(): void;
}

/** OpenCode's own indexes, which its earlier versions have not all of. */
const INDEXES = [
  "message_session_time_created_id_idx ON message (session_id, time_created, id)",
  "part_message_id_id_idx ON part (message_id, id)",
];
const EVENT_INDEX = "event_aggregate_seq_idx ON event (aggregate_id, seq)";

/** The file is no database of OpenCode's. */
export class NotOpencodeError extends Error {
  override readonly name = "NotOpencodeError";
}

/** Opens a copy, to which it may add an index. Throws NotOpencodeError where it is none of OpenCode's. */
export function openOpencodeDatabase(copy: string): OpencodeDatabase {
  const db = new Database(copy);
  const hasEvents = columnsOf(db, "event").length > 0;
  try {
    for (const index of INDEXES) db.exec(`CREATE INDEX IF NOT EXISTS ${index}`);
    if (hasEvents) db.exec(`CREATE INDEX IF NOT EXISTS ${EVENT_INDEX}`);
    db.prepare("SELECT id, time_created, time_updated FROM session");
  } catch (error) {
    db.close();
    throw new NotOpencodeError("no database of OpenCode's", { cause: error });
  }
  const session = reader(db, "session", "id = ?");
  return {
    sessionIds: () => sessionIds(db, hasEvents),
    session: (id) => [...session(id)][0] ?? null,
    // From before events were kept there are none.
    events: hasEvents ? reader(db, "event", "aggregate_id = ? ORDER BY seq") : () => [],
    messages: reader(db, "message", "session_id = ? ORDER BY time_created, id"),
    parts: reader(db, "part", "message_id = ? ORDER BY id"),
    close: () => db.close(),
  };
}

function sessionIds(db: Database.Database, hasEvents: boolean): string[] {
  const events = hasEvents ? "UNION SELECT aggregate_id FROM event" : "";
  const ids = db.prepare(
    asBytes(`SELECT json_group_array(id) AS json FROM (SELECT id FROM session ${events})`),
  );
  return (parseBytes((ids.get() as { json: Buffer }).json) as unknown[]).map(String);
}

function columnsOf(db: Database.Database, table: string): string[] {
  const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  return columns.map((column) => String((column as OpencodeRow).name));
}

/** Reads the rows of a table for which `where` holds of an id, as JSON bytes (asBytes says why). */
function reader(db: Database.Database, table: string, where: string) {
  const values = columnsOf(db, table).map((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    // JSON takes no bytes and nothing infinite, and of a REAL no more than 15 digits.
    return `'${name.replaceAll("'", "''")}', CASE typeof(${column}) WHEN 'blob' THEN NULL
      WHEN 'real' THEN iif(abs(${column}) < 9e307, json(printf('%!.17g', ${column})), NULL)
      ELSE ${column} END`;
  });
  const statement = db.prepare(
    `SELECT CAST(json_object(${values.join(", ")}) AS BLOB) AS json FROM ${table} WHERE ${where}`,
  );
  return function* (id: string): Generator<OpencodeRow> {
    for (const { json } of statement.iterate(id) as Iterable<{ json: ArrayBuffer }>) {
      yield parseBytes(json) as OpencodeRow;
    }
  };
}
