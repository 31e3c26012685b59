import Database from "libsql";
import { StorageRefusal } from "./storageRefusal.ts";

/** A row as some version of OpenCode wrote it: columns come and go between versions. */
export type OpencodeRow = Readonly<Record<string, unknown>>;

/**
 * OpenCode's own database (lode/opencode/event-handling.md, "Import"). Rows come in the order in
 * which they were made.
 */
export interface OpencodeDatabase {
  /** Of every session that has a row or events. */
  sessionIds(): string[];
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

/** Opens a copy for reading. Throws StorageRefusal where it is no database of OpenCode's. */
export function openOpencodeDatabase(copy: string, original: string): OpencodeDatabase {
  const db = new Database(copy);
  const table = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  const hasEvents = table.get("event") !== undefined;
  try {
    for (const index of INDEXES) db.exec(`CREATE INDEX IF NOT EXISTS ${index}`);
    if (hasEvents) db.exec(`CREATE INDEX IF NOT EXISTS ${EVENT_INDEX}`);
    db.prepare("SELECT id, time_created, time_updated FROM session");
  } catch (error) {
    db.close();
    throw new StorageRefusal("unreadable", `${original} is no database of OpenCode's`, {
      cause: error,
    });
  }
  // From before events were kept.
  const events = hasEvents ? "event" : "(SELECT NULL aggregate_id, NULL seq WHERE FALSE)";
  const rows = (sql: string) => {
    const statement = db.prepare(sql);
    return (id: string) => statement.iterate(id) as Iterable<OpencodeRow>;
  };
  const session = rows("SELECT * FROM session WHERE id = ?");
  return {
    sessionIds() {
      const ids = db.prepare(`SELECT id FROM session UNION SELECT aggregate_id FROM ${events}`);
      return ids.all().map((row) => String((row as OpencodeRow).id));
    },
    session: (id) => [...session(id)][0] ?? null,
    events: rows(`SELECT * FROM ${events} WHERE aggregate_id = ? ORDER BY seq`),
    messages: rows("SELECT * FROM message WHERE session_id = ? ORDER BY time_created, id"),
    parts: rows("SELECT * FROM part WHERE message_id = ? ORDER BY id"),
    close: () => db.close(),
  };
}
