import { parseBytes } from "@duolog/client/local";
import type Database from "libsql";
import { columnsOf } from "./columns.ts";

/** A session of OpenCode 2 that has something which OpenCode 1's tables don't. */
interface LaterSession {
  id: string;
  /** 1 where OpenCode 1's tables have it too, as far as it went there. */
  isShared: number;
}

/** Whether OpenCode 2 has its tables in the database; OpenCode 1's may be beside them. */
export function isOfOpencode2(db: Database.Database): boolean {
  return columnsOf(db, "session_v2").includes("id");
}

/**
 * What OpenCode 2 began, or went on with after it had taken it over from OpenCode 1: its tables
 * (2.0.3 to 2.0.26) are `session_v2` and `session_message`, and sessions and messages keep their ids.
 */
export function laterSessions(db: Database.Database): LaterSession[] {
  if (!isOfOpencode2(db)) return [];
  const isShared = has(db, "session")
    ? "EXISTS (SELECT 1 FROM session WHERE session.id = later.id)"
    : "FALSE";
  const sessions = `SELECT CAST(id AS TEXT) AS id, isShared FROM
    (SELECT id, ${isShared} AS isShared FROM (${laterIds(db)}) AS later WHERE id IS NOT NULL)
    AS listed WHERE NOT isShared OR ${wentOn(db)}`;
  const list = `SELECT CAST(json_group_array(json_object('id', id, 'isShared', isShared)) AS BLOB)
    AS json FROM (${sessions})`;
  const { json } = db.prepare(list).get() as { json: ArrayBuffer };
  return parseBytes(json) as LaterSession[];
}

function laterIds(db: Database.Database): string {
  const ofMessages = "UNION SELECT session_id FROM session_message";
  return `SELECT id FROM session_v2 ${has(db, "session_message") ? ofMessages : ""}`;
}

function wentOn(db: Database.Database): string {
  if (!has(db, "session")) return "FALSE";
  const isNewer = `EXISTS (SELECT 1 FROM session, session_v2
    WHERE session.id = listed.id AND session_v2.id = listed.id
      AND session_v2.time_updated > session.time_updated)`;
  if (!has(db, "session_message") || !has(db, "message")) return isNewer;
  return `${isNewer} OR EXISTS (SELECT 1 FROM session_message
    WHERE session_message.session_id = listed.id AND session_message.type IN ('user', 'assistant')
      AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = session_message.id))`;
}

function has(db: Database.Database, table: string): boolean {
  return columnsOf(db, table).length > 0;
}
