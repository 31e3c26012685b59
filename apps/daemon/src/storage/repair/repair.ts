import { rmSync } from "node:fs";
import { readLines, withRegularFile } from "@duolog/client/local";
import { type ChildKind, entities, type Kind } from "@duolog/contract";
import type { RepairReport } from "@duolog/contract/server";
import Database from "libsql";
import { mendRow } from "../../core/mend.ts";
import type { MergedRow } from "../../core/merge.ts";
import { BEFORE_REPAIR, backUp, dropOldBackups, dropPartialBackups } from "../migrate/backup.ts";
import { blobOf, type LongText } from "../record/blobs.ts";
import { cut } from "../record/cut.ts";
import { type Key, prepareRows, type Rows } from "../record/rows.ts";
import { StorageError } from "../storageError.ts";

/** One repair of a database. */
export interface RepairOptions {
  database: string;
  /** The directory of backups. */
  backups: string;
  /** What is to be done: a line of JSON for each row, a `Repair`. */
  file: string;
  /** Of a long text so many bytes are kept. */
  keptBytes: number;
  /** Number of the last change; each row that is set right gets the next one. */
  lastChange: number;
  /** Names the backup. */
  now: Date;
}

/** What was done, and the number of the last change after it. */
export interface Repaired {
  lastChange: number;
  report: RepairReport;
}

/** What is done to one row. */
export type Repair =
  | {
      do: "set";
      kind: Kind;
      /** The row as the agent's store tells it; a long text in it by its hash. */
      told: MergedRow<Kind>;
      set: string[];
      clear: string[];
      /** The long texts that it points at, whole. */
      texts: LongText[];
    }
  | { do: "remove"; kind: ChildKind; key: Key };

/**
 * Sets rows right and takes out those that are none: one transaction, after a backup. Nothing else may
 * write meanwhile. Throws StorageRefusal where a backup has no room, and StorageError, with nothing
 * changed, where the file can't be read or once `isStopped` is true.
 */
export function repair(options: RepairOptions, isStopped: () => boolean): Repaired {
  const { database, backups, now } = options;
  const db = new Database(database, { timeout: 5_000 });
  try {
    db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    dropPartialBackups(backups);
    const backup = backUp(db, backups, BEFORE_REPAIR, now);
    const done = orDropCopy(backup, () => inTransaction(db, () => work(db, options, isStopped)));
    dropOldBackups(backups, backup);
    return { lastChange: done.lastChange, report: { backup, ...done.counts } };
  } finally {
    db.close();
  }
}

/** Where it fails, no row has changed, and the copies of many tries would fill the disk. */
function orDropCopy<T>(backup: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    rmSync(backup, { force: true });
    throw error;
  }
}

function inTransaction<T>(db: Database.Database, write: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const done = write();
    db.exec("COMMIT");
    return done;
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK");
  }
}

interface Counts {
  added: number;
  changed: number;
  removed: number;
}

function work(db: Database.Database, options: RepairOptions, isStopped: () => boolean) {
  const rows = prepareRows(db);
  const counts: Counts = { added: 0, changed: 0, removed: 0 };
  const sessions = new Set<string>();
  let number = options.lastChange;
  eachRepair(options.file, (one) => {
    if (isStopped()) throw new StorageError("unavailable", "the repair was stopped");
    sessions.add(sessionOf(one));
    if (one.do === "remove") {
      rows.remove(one.kind, [one.key]);
      counts.removed++;
    } else counts[set(rows, one, ++number, options.keptBytes)]++;
  });
  const touched = [...sessions].map((session) => ({
    session,
    agents: new Set<string>(),
    end: true,
    revert: true,
  }));
  return { counts, lastChange: rows.infer(touched, number) };
}

function set(
  rows: Rows,
  one: Repair & { do: "set" },
  number: number,
  keptBytes: number,
): "added" | "changed" {
  // Which kind it is does not matter here, and the compiler knows only one at a time.
  const { kind, told, texts, ...fields } = one as typeof one & Told<"message">;
  const entity = entities[kind];
  const key = entity.key.map((field) => String(told[field]));
  const [row = null] = rows.read(kind, [key]);
  const known = rows.readBlobs(texts.map(({ hash }) => hash));
  const missing = texts.filter(({ hash }) => !known.has(hash));
  rows.writeBlobs(missing.map((text) => blobOf(keptOf(text, keptBytes))));
  const mended = mendRow(entity, row, { ...fields, told: told as never });
  rows.write(kind, [{ ...mended, changedSeq: number }]);
  return row === null ? "added" : "changed";
}

function keptOf(text: LongText, keptBytes: number): LongText {
  const kept = cut(text.kept, keptBytes);
  return { ...text, kept, isCut: kept !== text.kept };
}

interface Told<K extends Kind> {
  kind: K;
  told: MergedRow<K>;
}

function sessionOf(one: Repair): string {
  if (one.do === "remove") return one.key[0] as string;
  return "sessionId" in one.told ? String(one.told.sessionId) : one.told.id;
}

function eachRepair(file: string, take: (one: Repair) => void): void {
  const read = withRegularFile(file, (fd) => {
    for (const { text } of readLines(fd, 0)) take(JSON.parse(text ?? "null"));
    return true;
  });
  if (read === null) throw new StorageError("unavailable", `${file} can't be read`);
}
