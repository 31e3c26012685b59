import { spawnSync } from "node:child_process";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

type Row = Record<string, unknown>;

/** What `duolog import --json` tells. */
export interface Imported {
  from: string;
  sessions: number;
  messages: number;
  toolCalls: number;
  events: number;
  changed: number;
  refused: number;
  unreadable: number;
}

/** All rows of a record by their table. */
export interface AllRows {
  sessions: Row[];
  messages: Row[];
  toolCalls: Row[];
  events: Row[];
  /** The long texts, as they are stored. */
  blobs: Row[];
}

/** All rows of a record with all their columns, stamps too, but those that number rows and changes. */
export function allRows(database: string): AllRows {
  const rows = (table: string, order = "session_id, id") =>
    queryRows(database, `SELECT * FROM ${table} ORDER BY ${order}`).map(
      ({ key: _k, changed_seq: _c, ...row }) => row,
    );
  return {
    sessions: rows("sessions", "id"),
    messages: rows("messages"),
    toolCalls: rows("tool_calls"),
    events: rows("session_events"),
    blobs: rows("blobs", "hash"),
  };
}

/** The rows without the named columns of sessions. */
export function withoutOfSessions(rows: AllRows, ...columns: string[]) {
  const sessions = rows.sessions.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column))),
  );
  return { ...rows, sessions };
}

/** Runs `duolog import` with --json and an environment; it must succeed. */
export function importInto(
  dataDir: string,
  args: string[],
  env: Record<string, string> = {},
): Imported {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [DUOLOG, "import", ...args, "--json"],
    { env: cleanEnv(dataDir, env), encoding: "utf8", timeout: 30_000 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Imported;
}
