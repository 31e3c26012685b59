import { rmSync } from "node:fs";
import { asBytes, parseBytes } from "@duolog/client/local";
import type { Source } from "@duolog/contract";
import type {
  BackfilledTable,
  BackfillLeft,
  BackfillReport,
  BackfillSet,
} from "@duolog/contract/server";
import Database from "libsql";
import {
  type Inference,
  inferMessageSource,
  inferSessionSource,
  type MessageEvidence,
  type SessionEvidence,
} from "../../core/attribution.ts";
import { BEFORE_BACKFILL, backUp, dropOldBackups, dropPartialBackups } from "../migrate/backup.ts";
import { StorageError } from "../storageError.ts";

/** One backfill of a database. */
export interface BackfillOptions {
  database: string;
  /** The directory of backups. */
  backups: string;
  /** Number of the last change; each row that gets a source gets the next one. */
  lastChange: number;
  /** Names the backup. */
  now: Date;
  /** Tells what would be set and sets nothing. */
  dryRun: boolean;
}

/** What was done, and the number of the last change after it. */
export interface Backfilled {
  lastChange: number;
  report: BackfillReport;
}

/** Rows read in one go. */
const CHUNK = 10_000;

/**
 * Gives a source to the rows that have none, and to rows of a session whose inferred one it has since
 * declared otherwise, by the rules of core/attribution, and marks it as inferred: one
 * transaction, after a backup. Nothing else may write meanwhile.
 * Throws StorageRefusal where a backup has no room, and StorageError, with nothing set, once
 * `isStopped` is true.
 */
export function backfillSource(options: BackfillOptions, isStopped = () => false): Backfilled {
  const { database, backups, lastChange, now, dryRun } = options;
  const db = new Database(database, { timeout: 5_000 });
  try {
    const plan = infer(db, lastChange, isStopped, () => {});
    if (dryRun || plan.set.length === 0) {
      return { lastChange, report: reportOf(plan, dryRun, null) };
    }
    dropPartialBackups(backups);
    const backup = backUp(db, backups, BEFORE_BACKFILL, now);
    const done = orDropCopy(backup, () => inferAndWrite(db, lastChange, isStopped));
    dropOldBackups(backups, backup);
    return { lastChange: done.lastChange, report: reportOf(done, dryRun, backup) };
  } finally {
    db.close();
  }
}

/** Where it fails, no row has changed, and the copies of many tries would fill the disk. */
function orDropCopy(backup: string, write: () => Work): Work {
  try {
    return write();
  } catch (error) {
    rmSync(backup, { force: true });
    throw error;
  }
}

interface Work {
  lastChange: number;
  set: BackfillSet[];
  left: BackfillLeft[];
}

/** Every table but that of sessions: its rows belong to one. */
const CHILD_TABLES = ["messages", "tool_calls", "session_events"] as const;

type Write = (table: BackfilledTable, key: number, source: Source, change: number) => void;

function inferAndWrite(db: Database.Database, lastChange: number, isStopped: () => boolean): Work {
  const updates = new Map(
    (["sessions", ...CHILD_TABLES] as const).map((table) => [
      table,
      db.prepare(
        `UPDATE "${table}" SET "source" = ?, "source_inferred" = 1, "changed_seq" = ? WHERE "rowid" = ?`,
      ),
    ]),
  );
  db.exec("BEGIN IMMEDIATE");
  try {
    const work = infer(db, lastChange, isStopped, (table, key, source, change) => {
      updates.get(table)?.run(source, change, key);
    });
    db.exec("COMMIT");
    return work;
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK");
  }
}

function infer(
  db: Database.Database,
  lastChange: number,
  isStopped: () => boolean,
  write: Write,
): Work {
  const work: Work = { lastChange, set: [], left: [] };
  const take = (table: BackfilledTable, key: number, inference: Inference) => {
    if (isStopped()) throw new StorageError("unavailable", "the backfill was stopped");
    if (inference.source) write(table, key, inference.source, ++work.lastChange);
    count(table, inference, work);
  };
  for (const session of rowsOf<SessionEvidence>(db, SESSIONS)) {
    take("sessions", session.key, inferSessionSource(session));
  }
  for (const table of CHILD_TABLES) {
    for (const row of rowsOf<ChildRow>(db, childrenSql(table))) {
      take(table, row.key, inferMessageSource(row, sourceOfSession(row)));
    }
  }
  return work;
}

const SESSIONS = `SELECT json_group_array(json_object(
    'key', "key", 'id', "id", 'provider', "provider", 'model', "model", 'title', "title"
  )) AS "json" FROM (
    SELECT "rowid" AS "key", "id", "provider", "model", "title" FROM "sessions"
    WHERE "source" IS NULL AND "rowid" > ? ORDER BY "rowid" LIMIT ${CHUNK}
  )`;

function childrenSql(table: (typeof CHILD_TABLES)[number]): string {
  const own =
    table === "messages" ? 'm."provider", m."model"' : 'NULL AS "provider", NULL AS "model"';
  return `SELECT json_group_array(json_object(
    'key', m."key", 'id', m."id", 'sessionId', m."session_id",
    'provider', m."provider", 'model', m."model",
    'sessionSource', s."source", 'sessionProvider', s."provider",
    'sessionModel', s."model", 'sessionTitle', s."title"
  )) AS "json" FROM (
    SELECT m."key", m."id", m."session_id", ${own}
    FROM "${table}" AS m CROSS JOIN "sessions" AS s ON s."id" = m."session_id"
    WHERE m."key" > ? AND (m."source" IS NULL
      OR (m."source_inferred" AND NOT s."source_inferred" AND m."source" <> s."source"))
    ORDER BY m."key" LIMIT ${CHUNK}
  ) AS m JOIN "sessions" AS s ON s."id" = m."session_id"`;
}

/** A message, or another row of a session, which tells less. */
interface ChildRow extends MessageEvidence {
  sessionSource: Source | null;
  sessionProvider: string | null;
  sessionModel: string | null;
  sessionTitle: string | null;
}

/** As told, or as the session's own row gets it. */
function sourceOfSession(row: ChildRow): Source | null {
  if (row.sessionSource) return row.sessionSource;
  return inferSessionSource({
    id: row.sessionId,
    provider: row.sessionProvider,
    model: row.sessionModel,
    title: row.sessionTitle,
  }).source;
}

function* rowsOf<Row>(db: Database.Database, sql: string): Generator<Row & { key: number }> {
  const read = db.prepare(asBytes(sql));
  let rows: (Row & { key: number })[];
  let last = -1;
  do {
    rows = parseBytes((read.get(last) as { json: Buffer }).json) as typeof rows;
    yield* rows;
    last = rows.at(-1)?.key ?? last;
  } while (rows.length === CHUNK);
}

function count(table: BackfilledTable, inference: Inference, { set, left }: Work): void {
  if (inference.source === null) {
    const { reason } = inference;
    const known = left.find((entry) => entry.table === table && entry.reason === reason);
    if (known) known.rows++;
    else left.push({ table, reason, rows: 1 });
    return;
  }
  const { source, rule } = inference;
  const known = set.find(
    (entry) => entry.table === table && entry.source === source && entry.rule === rule,
  );
  if (known) known.rows++;
  else set.push({ table, source, rule, rows: 1 });
}

function reportOf({ set, left }: Work, dryRun: boolean, backup: string | null): BackfillReport {
  return { dryRun, backup, set, left };
}
