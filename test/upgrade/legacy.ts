import Database from "libsql";
import { openReadOnly } from "../harness/rows.ts";

/** The database of the plugins from before the plan, as they made it. */
const TABLES = `
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY,
  title TEXT,
  project_path TEXT,
  project_name TEXT,
  model TEXT,
  provider TEXT,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  cost REAL,
  created_at INTEGER,
  updated_at INTEGER
);
CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY,
  session_id TEXT REFERENCES sessions(id) ON DELETE CASCADE,
  role TEXT,
  text_content TEXT,
  model TEXT,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  duration_ms INTEGER,
  created_at INTEGER,
  completed_at INTEGER
);`;

const SESSION_COLUMNS = [
  ...["id", "title", "project_path", "project_name", "model", "provider"],
  ...["prompt_tokens", "completion_tokens", "cost", "created_at", "updated_at"],
] as const;
const MESSAGE_COLUMNS = [
  ...["id", "session_id", "role", "text_content", "model", "prompt_tokens"],
  ...["completion_tokens", "duration_ms", "created_at", "completed_at"],
] as const;

type Value = string | number | null;
type Row<Column extends string> = Record<Column, Value>;

const row = <Column extends string>(columns: readonly Column[], values: Value[]) =>
  Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null])) as Row<Column>;

const T = 1_748_952_000_123;
const CLAUDE = "0f9c2f0e-6a4d-4f57-9d0a-5a1b7f3c2d10";
const LONG = "Zeile mit Umlauten äöü, 漢字 und 🙂.\n".repeat(3000);

/** Rows of both agents: complete ones, placeholders with counts of 0, and ones of NULLs. */
export const LEGACY = {
  sessions: [
    [
      "ses_5f1",
      'Fix the "login" bug\'s test',
      "/home/ada/shop",
      "shop",
      "claude-sonnet-4",
      "anthropic",
      120_345,
      6789,
      0.1234567890123,
      T,
      T + 60_000,
    ],
    [
      "ses_5f2",
      "Untitled Session",
      "/home/ada/shop",
      "shop",
      "gpt-5",
      "openai",
      0,
      0,
      0,
      T + 1,
      T + 1,
    ],
    ["ses_5f3"],
    [
      CLAUDE,
      "Untitled Session",
      "/home/ada/naïve path",
      "naïve path",
      "claude-opus-4",
      "anthropic",
      2 ** 53 - 1,
      0,
      1e-9,
      T + 2,
      null,
    ],
    ["ses_5f4", "", "", null, null, null, null, 7, 12.5, null, T + 3],
  ].map((values) => row(SESSION_COLUMNS, values)),
  messages: [
    [
      "msg_a1",
      "ses_5f1",
      "user",
      "Please fix it; 'quoted' -- not SQL",
      null,
      null,
      null,
      null,
      T + 10,
      T + 10,
    ],
    ["msg_a2", "ses_5f1", "assistant", LONG, "claude-sonnet-4", 4000, 350, 8123, T + 20, T + 8143],
    ["msg_a3", "ses_5f3", "assistant", ""],
    [
      `${CLAUDE}-user-1748952000200`,
      CLAUDE,
      "user",
      "Explain this file",
      null,
      0,
      0,
      0,
      T + 200,
      null,
    ],
    [
      `${CLAUDE}-assistant-3`,
      CLAUDE,
      "assistant",
      null,
      "claude-opus-4",
      null,
      null,
      null,
      null,
      T + 900,
    ],
    ["msg_b1", "ses_5f2"],
  ].map((values) => row(MESSAGE_COLUMNS, values)),
};

type Tables = typeof LEGACY;

/** Writes such a file, nothing of it left in the WAL, with `LEGACY` in it unless given other rows. */
export function writeLegacyFile(file: string, rows: Tables = LEGACY): void {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.exec(TABLES);
  insertRows(db, "sessions", SESSION_COLUMNS, rows.sessions);
  insertRows(db, "messages", MESSAGE_COLUMNS, rows.messages);
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

function insertRows<Column extends string>(
  db: Database.Database,
  table: string,
  columns: readonly Column[],
  rows: Row<Column>[],
): void {
  const marks = columns.map(() => "?").join(", ");
  const insert = db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`);
  for (const values of rows) insert.run(...columns.map((column) => values[column]));
}

/** Adds many messages of so many characters to the session `ses_5f1` of such a file. */
export function fillLegacyFile(file: string, messages: number, length = 1_000): void {
  const db = new Database(file);
  try {
    db.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO messages (id, session_id, role, text_content, created_at)
      SELECT printf('msg_many_%d', i), 'ses_5f1', 'user', printf('%d %.*c', i, ?, 'x'), ${T} + i
      FROM n`).run(messages, length);
    // libSQL closes a file some time after it is told to.
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

/** The columns of before the plan in a file of any version, in the order in which rows came. */
export function readLegacyColumns(file: string): Tables {
  const db = openReadOnly(file);
  try {
    const read = (table: string, columns: readonly string[]) =>
      db.prepare(`SELECT ${columns.join(", ")} FROM ${table} ORDER BY rowid`).all();
    return {
      sessions: read("sessions", SESSION_COLUMNS) as Tables["sessions"],
      messages: read("messages", MESSAGE_COLUMNS) as Tables["messages"],
    };
  } finally {
    db.close();
  }
}
