import type { BackfillLeft, BackfillReport, BackfillSet } from "@duolog/contract/server";
import Database from "libsql";
import {
  type Inference,
  inferMessageSource,
  inferSessionSource,
  type MessageEvidence,
  type SessionEvidence,
} from "../core/attribution.ts";
import { backUp, dropOldBackups } from "./migrate/backup.ts";

export interface BackfillOptions {
  database: string;
  /** The directory of backups. */
  backups: string;
  /** Number of the last change; each row that gets a source gets the next one. */
  lastChange: number;
  now: () => Date;
}

/** Rows looked at in one go. */
const CHUNK = 10_000;

/**
 * Gives a source to the rows that have none, by the rules of core/attribution, and marks it as
 * inferred. One transaction, after a backup; a dry run does the same and takes it back.
 */
export function backfillSource(
  options: BackfillOptions,
  dryRun: boolean,
): { lastChange: number; result: BackfillReport } {
  const db = new Database(options.database, { timeout: 5_000 });
  try {
    const trial = run(db, options.lastChange, "ROLLBACK");
    if (dryRun || trial.set.length === 0) {
      return { lastChange: options.lastChange, result: report(trial, dryRun, null) };
    }
    const backup = backUp(db, options.backups, "before-backfill-source", options.now());
    const done = run(db, options.lastChange, "COMMIT");
    dropOldBackups(options.backups);
    return { lastChange: done.lastChange, result: report(done, dryRun, backup) };
  } finally {
    db.close();
  }
}

interface Work {
  lastChange: number;
  set: BackfillSet[];
  left: BackfillLeft[];
}

function run(db: Database.Database, lastChange: number, end: "COMMIT" | "ROLLBACK"): Work {
  const work: Work = { lastChange, set: [], left: [] };
  db.exec("BEGIN IMMEDIATE");
  try {
    backfillSessions(db, work);
    backfillMessages(db, work);
    db.exec(end);
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK");
  }
  return work;
}

function backfillSessions(db: Database.Database, work: Work): void {
  const read = db.prepare(
    `SELECT "rowid" AS "key", "id", "provider", "model", "title" FROM "sessions"
     WHERE "source" IS NULL AND "rowid" > ? ORDER BY "rowid" LIMIT ${CHUNK}`,
  );
  backfillRows<SessionEvidence>(db, "sessions", read, inferSessionSource, work);
}

function backfillMessages(db: Database.Database, work: Work): void {
  const read = db.prepare(
    `SELECT m."key", m."id", m."session_id" AS "sessionId", m."provider", m."model",
       s."source" AS "sessionSource"
     FROM "messages" AS m JOIN "sessions" AS s ON s."id" = m."session_id"
     WHERE m."source" IS NULL AND m."key" > ? ORDER BY m."key" LIMIT ${CHUNK}`,
  );
  type Row = MessageEvidence & { sessionSource: Parameters<typeof inferMessageSource>[1] };
  const infer = (row: Row) => inferMessageSource(row, row.sessionSource);
  backfillRows<Row>(db, "messages", read, infer, work);
}

function backfillRows<Row>(
  db: Database.Database,
  table: "sessions" | "messages",
  read: Database.Statement,
  infer: (row: Row) => Inference,
  work: Work,
): void {
  const write = db.prepare(
    `UPDATE "${table}" SET "source" = ?, "source_inferred" = 1, "changed_seq" = ? WHERE "rowid" = ?`,
  );
  let rows: (Row & { key: number })[];
  let last = -1;
  do {
    rows = read.all(last) as typeof rows;
    for (const row of rows) {
      const inference = infer(row);
      if (inference.source) write.run(inference.source, ++work.lastChange, row.key);
      count(table, inference, work);
      last = row.key;
    }
  } while (rows.length === CHUNK);
}

function count(table: "sessions" | "messages", inference: Inference, { set, left }: Work): void {
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

function report({ set, left }: Work, dryRun: boolean, backup: string | null): BackfillReport {
  return { dryRun, backup, set, left };
}
