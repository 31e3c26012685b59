import type { Session } from "@duolog/contract";
import type { Connection } from "./connection.ts";
import {
  type MessageRecord,
  messageTable,
  rowAsJson,
  rowFromJson,
  rowToJson,
  sessionTable,
  upsertSql,
} from "./table.ts";

/** A message's ids, as its row is known by them (merge rule M1). */
export type MessageKey = readonly [sessionId: string, id: string];

/** What the recording of a batch reads and writes: one statement per table and direction. */
export interface Batches {
  readSessions(ids: string[]): Promise<Session[]>;
  readMessages(keys: MessageKey[]): Promise<MessageRecord[]>;
  /** One commit each. Sessions before the messages that refer to them. */
  writeSessions(rows: Session[]): Promise<void>;
  writeMessages(rows: MessageRecord[]): Promise<void>;
  /** The highest change number in the file; 0 where there is none. */
  lastChange(): Promise<number>;
}

type Values = (string | number | null)[];

const READ_SESSIONS = `SELECT json_group_array(${rowAsJson(sessionTable, "s")}) AS json
  FROM json_each(?) AS wanted CROSS JOIN "sessions" AS s ON s."id" = wanted.value`;

const READ_MESSAGES = `SELECT json_group_array(${rowAsJson(messageTable, "m")}) AS json
  FROM json_each(?) AS wanted CROSS JOIN "messages" AS m
  ON m."session_id" = wanted.value ->> 0 AND m."id" = wanted.value ->> 1`;

const WRITE_SESSIONS = upsertSql(sessionTable);
const WRITE_MESSAGES = upsertSql(messageTable);

const LAST_CHANGE = `SELECT json_array(MAX(
    COALESCE((SELECT MAX("changed_seq") FROM "sessions"), 0),
    COALESCE((SELECT MAX("changed_seq") FROM "messages"), 0)
  )) AS json WHERE ? IS NOT NULL`;

export function createBatches(connection: Connection): Batches {
  return {
    async readSessions(ids) {
      const rows = await connection.query<Values[]>(READ_SESSIONS, ids);
      return rows.map((values) => rowFromJson(sessionTable, values));
    },
    async readMessages(keys) {
      const rows = await connection.query<Values[]>(READ_MESSAGES, keys);
      return rows.map((values) => rowFromJson(messageTable, values));
    },
    writeSessions: (rows) =>
      connection.execute(
        WRITE_SESSIONS,
        rows.map((row) => rowToJson(sessionTable, row)),
      ),
    writeMessages: (rows) =>
      connection.execute(
        WRITE_MESSAGES,
        rows.map((row) => rowToJson(messageTable, row)),
      ),
    async lastChange() {
      const [last] = await connection.query<[number]>(LAST_CHANGE, null);
      return last;
    },
  };
}
