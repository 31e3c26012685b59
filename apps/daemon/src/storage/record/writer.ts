import { asBytes, parseBytes } from "@duolog/client/local";
import { entities, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import Database from "libsql";
import {
  isBusy,
  isDamage,
  type Loss,
  StorageError,
  sqliteCode,
  toStorageError,
} from "../storageError.ts";
import { type BlobRows, prepareBlobs } from "./blobs.ts";
import { type Infer, prepareInfer } from "./inference.ts";
import { createPatience } from "./patience.ts";
import { createPlaceCheck } from "./placeCheck.ts";
import {
  rowAsJson,
  rowFromJson,
  type Table,
  tables,
  upsertSql,
  valuesOf,
  type Written,
} from "./table.ts";

/** A row's ids, as it is known by them (merge rule M1), in the order of its entity's `key`. */
export type Key = readonly string[];

/** What a transaction reads and writes: one statement per table and direction. */
export interface Rows extends BlobRows {
  /** Reads the rows that are there. */
  read<K extends Kind>(kind: K, keys: Key[]): Written<K>[];
  /** Inserts or replaces whole rows: sessions before what refers to them. */
  write<K extends Kind>(kind: K, rows: Written<K>[]): void;
  /** M8, over what was touched. */
  infer: Infer;
}

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

/** Of rows by their keys. */
function readSql<Row>(table: Table<Row>): string {
  const known = table.keys.map((key, position) => `r."${key}" = wanted.value ->> ${position}`);
  return `SELECT json_group_array(${rowAsJson(table, "r")}) AS json
    FROM json_each(?) AS wanted CROSS JOIN "${table.name}" AS r ON ${known.join(" AND ")}`;
}

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

function prepareRows(db: Database.Database): Rows {
  const prepared = new Map<Kind, PreparedTable>();
  for (const kind of KINDS_IN_ORDER) {
    const table = tables[kind] as Table<object>;
    prepared.set(kind, { read: prepareRead(db, table), write: prepareWrite(db, table) });
  }
  const of = (kind: Kind) => prepared.get(kind) as PreparedTable;
  return {
    read: (kind, keys) => of(kind).read(keys) as never[],
    write: (kind, rows) => of(kind).write(rows),
    ...prepareBlobs(db),
    infer: prepareInfer(db),
  };
}

interface PreparedTable {
  read(keys: Key[]): object[];
  write(rows: object[]): void;
}

type Values = (string | number | null)[];

function prepareRead<Row>(db: Database.Database, table: Table<Row>): (keys: Key[]) => Row[] {
  const statement = db.prepare(asBytes(readSql(table)));
  return (keys) => {
    const { json } = statement.get(JSON.stringify(keys)) as { json: Buffer };
    return (parseBytes(json) as Values[]).map((values) => rowFromJson(table, values));
  };
}

function prepareWrite<Row>(db: Database.Database, table: Table<Row>): (rows: Row[]) => void {
  const statement = db.prepare(upsertSql(table));
  return (rows) => {
    for (const row of rows) statement.run(valuesOf(table, row));
  };
}
