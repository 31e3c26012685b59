import { entities, KINDS_IN_ORDER } from "@duolog/contract";
import Database from "libsql";
import {
  isBusy,
  isDamage,
  type Loss,
  StorageError,
  sqliteCode,
  toStorageError,
} from "../storageError.ts";
import { createPatience } from "./patience.ts";
import { createPlaceCheck } from "./placeCheck.ts";
import { prepareRows, type Rows } from "./rows.ts";

/** The one connection that writes. */
export interface Writer {
  /**
   * Runs `work` in one transaction and resolves when it is committed; what throws takes all of it
   * back. While another program holds the file it is tried again, so `work` may run several times.
   * It may take several turns of the event loop; one runs at a time. Rejects with StorageError, or with
   * what `work` threw.
   */
  transaction<T>(work: (rows: Rows) => T | Promise<T>): Promise<T>;
  /** The highest change number in the file; 0 where there is none. Rejects with StorageError. */
  lastChange(): Promise<number>;
  /** Tells of a loss that no write has met yet. Throws like SQLite and fs. */
  checkPlace(): void;
}

/** How long SQLite itself waits for another program's lock, ms: short, for it blocks the event loop. */
const BUSY_MS = 50;

/** How often a checkpoint is tried while a reader is in its way; each waits BUSY_MS. */
const CHECKPOINTS = 20;

const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -4000;
`;

const LAST_CHANGE = `SELECT MAX(0, ${KINDS_IN_ORDER.map(
  (kind) => `COALESCE((SELECT MAX("changed_seq") FROM "${entities[kind].table}"), 0)`,
).join(", ")}) AS last`;

/** Writes to a migrated database; opens it when it is used first. */
export class FileWriter implements Writer {
  readonly #database: string;
  readonly #onLost: (loss: Loss) => void;
  readonly #patience = createPatience();
  #open: OpenFile | null = null;
  #findLoss: (() => Loss | null) | null = null;
  #isLost = false;
  #isWriting = false;

  constructor(database: string, onLost: (loss: Loss) => void) {
    this.#database = database;
    this.#onLost = onLost;
  }

  transaction<T>(work: (rows: Rows) => T | Promise<T>): Promise<T> {
    return this.#patiently((file) => this.#attempt(file, work));
  }

  lastChange(): Promise<number> {
    return this.#patiently(({ db }) => (db.prepare(LAST_CHANGE).get() as { last: number }).last);
  }

  /** Tells of a loss, whoever met it. From then on nothing is written any more. */
  lose(loss: Loss): void {
    this.#isLost = true;
    this.#onLost(loss);
  }

  checkPlace(): void {
    // A commit that is under way looks for itself.
    if (this.#open && !this.#isWriting) this.#tellLoss(this.#open.db);
  }

  /** Moves the log into the file, where it can. libSQL closes that only once the statements are collected. */
  close(): void {
    try {
      this.#open?.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // A full disk, for one: nothing is lost, for the log stays, and is read at the next start.
      if (sqliteCode(error) === null) throw error;
    } finally {
      this.#open?.db.close();
    }
  }

  async #patiently<T>(run: (file: OpenFile) => T | Promise<T>): Promise<T> {
    try {
      return await this.#patience(async () => {
        if (this.#isLost) throw new StorageError("unavailable", "its file is damaged or gone");
        this.#open ??= openFile(this.#database);
        this.#findLoss ??= createPlaceCheck(this.#database);
        return await run(this.#open);
      });
    } catch (error) {
      if (isDamage(error)) this.lose("damaged");
      throw sqliteCode(error) === null ? error : toStorageError(error);
    }
  }

  async #attempt<T>({ db, rows }: OpenFile, work: (rows: Rows) => T | Promise<T>): Promise<T> {
    // Not prepared: a prepared statement that meets another program's lock stays in progress, and
    // while one does SQLite commits nothing. Behind it no statement meets a lock.
    db.exec("BEGIN IMMEDIATE");
    let result: T;
    this.#isWriting = true;
    try {
      result = await work(rows);
      db.exec("COMMIT");
    } catch (error) {
      if (!takeBack(db) || isBusy(error)) this.#abandon(db);
      throw error;
    } finally {
      this.#isWriting = false;
    }
    if (this.#tellLoss(db))
      throw new StorageError("unavailable", "its file was deleted or replaced");
    return result;
  }

  /** True where there is a loss. What is acknowledged behind one would be gone with this process. */
  #tellLoss(db: Database.Database): boolean {
    const loss = this.#findLoss?.() ?? null;
    if (loss === null) return false;
    // What only the deleted log holds, nobody finds any more.
    try {
      if (loss !== "gone") checkpoint(db);
    } finally {
      this.lose(loss);
    }
    return true;
  }

  /** Leaves a connection in doubt to the garbage collector; the next use opens another. */
  #abandon(db: Database.Database): void {
    this.#open = null;
    db.close();
  }
}

/** Moves what the write-ahead log holds into the file. Throws like SQLite. */
function checkpoint(db: Database.Database): void {
  for (let tries = 0; tries < CHECKPOINTS; tries++) {
    const [row] = db.pragma("wal_checkpoint(FULL)") as { busy: number }[];
    if (row?.busy === 0) return;
  }
}

/** Ends a failed transaction; false where that fails too. */
function takeBack(db: Database.Database): boolean {
  try {
    // Some failures (a full disk) have ended it by themselves.
    if (db.inTransaction) db.exec("ROLLBACK");
    return true;
  } catch {
    // The failure that led here is the one to tell.
    return false;
  }
}

interface OpenFile {
  db: Database.Database;
  rows: Rows;
}

function openFile(database: string): OpenFile {
  const db = new Database(database, { timeout: BUSY_MS });
  db.exec(SETTINGS);
  return { db, rows: prepareRows(db) };
}
