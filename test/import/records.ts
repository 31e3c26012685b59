import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

type Row = Record<string, unknown>;

/** Rows by their ids, and what became of them. */
interface Counts {
  sessions: number;
  messages: number;
  toolCalls: number;
  events: number;
  new: number;
  changed: number;
  refused: number;
  unreadable: number;
  bytesRead: number;
}

/** What `duolog import --json` tells. */
export interface Report extends Counts {
  dryRun: boolean;
  stores: StoreReport[];
}

/** What it tells of one agent, or of another record. */
export interface StoreReport extends Counts {
  source: string | null;
  places: string[];
  read: number;
  unchanged: number;
  older: number;
  reasons: Record<"refused" | "unreadable", { reason: string; count: number }[]>;
  left: { reason: string; count: number; what: string[] }[];
  failed: { what: string; reason: string }[];
}

/** Of a report on one store what tests of its content look at; a new row counts as changed. */
export interface Imported extends Omit<Counts, "new" | "bytesRead"> {
  from: string | undefined;
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
export function importReport(
  dataDir: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Report {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandOf(args), {
    env: cleanEnv(dataDir, env),
    encoding: "utf8",
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout) as Report;
}

/** Starts the same, to run beside something else. */
export function startImport(dataDir: string, args: string[] = []): ChildProcess {
  return spawn(process.execPath, commandOf(args), { env: cleanEnv(dataDir), stdio: "pipe" });
}

function commandOf(args: string[]): string[] {
  return [DUOLOG, "import", ...args, "--json"];
}

/** The same of one store, all of which is read whether it changed or not. */
export function importInto(
  dataDir: string,
  args: string[],
  env: Record<string, string> = {},
): Imported {
  const all = args.includes("--database") ? [] : ["--all"];
  const report = importReport(dataDir, [...args, ...all], env);
  const { sessions, messages, toolCalls, events, refused, unreadable, stores } = report;
  const changed = report.new + report.changed;
  const from = stores[0]?.places[0];
  return { from, sessions, messages, toolCalls, events, changed, refused, unreadable };
}
