import { statSync } from "node:fs";
import { errno } from "@duolog/client/local";
import Database from "libsql";
import { StoreProblem } from "../problem.ts";
import { addIndexes, hasIndexes } from "./columns.ts";
import { copyInto, type Route, routeInPlace, stampOf } from "./route.ts";
import { Tables } from "./Tables.ts";

/** How long a database that another program has locked is waited for, ms. */
const BUSY_MS = 2_000;
/** So often is begun anew what the database's owner wrote into. */
const LOOKS = 5;
/** A database without indexes and larger than this is read from a copy that has them, bytes. */
const MAX_WITHOUT_INDEX = 1_048_576;

interface Open extends Route {
  db: Database.Database;
  tables: Tables;
}

/**
 * A database of OpenCode's, read where it lies: it, its WAL and its directory stay as they are, and
 * OpenCode never waits. From a copy only where SQLite could not do that.
 */
export class DatabaseFile {
  readonly path: string;
  readonly #makeRoom: (() => string) | null;
  #copy: Route | null = null;
  #open: Open | null = null;

  /** @param makeRoom makes a directory for a copy, which its maker takes away; null: there is none */
  constructor(path: string, makeRoom: (() => string) | null) {
    this.path = path;
    this.#makeRoom = makeRoom;
  }

  /**
   * What `read` makes of the tables in one transaction; `read` may be called again. Throws
   * StoreProblem, or like SQLite and fs.
   */
  look<T>(read: (tables: Tables, db: Database.Database) => T): T {
    for (let looks = 0; looks < LOOKS; looks++) {
      const seen = this.#look(read);
      if (seen) return seen();
      this.close();
    }
    throw new StoreProblem("the database is written to all the time");
  }

  close(): void {
    this.#open?.db.close();
    this.#open = null;
  }

  /** Null where what was seen does not hold, or the way to it is closed by now. */
  #look<T>(read: (tables: Tables, db: Database.Database) => T): (() => T) | null {
    this.#open ??= this.#copy ? open(this.#copy) : this.#openFirst();
    const { db, tables, stamp } = this.#open;
    const seen = attempt(() => inTransaction(db, () => read(tables, db)));
    if (stamp !== null && stampOf(this.path) !== stamp) return null;
    return isClosed(seen.error) ? null : seen.result;
  }

  #openFirst(): Open {
    // Once more: OpenCode may have ended meanwhile and taken its WAL away.
    const inPlace = this.#openInPlace() ?? this.#openInPlace();
    if (inPlace && !(this.#makeRoom && this.#isSlow(inPlace.db))) return inPlace;
    if (!this.#makeRoom) throw new StoreProblem("SQLite would write beside it: copy it elsewhere");
    inPlace?.db.close();
    this.#copy = copyInto(this.#makeRoom(), this.path);
    return open(this.#copy, addIndexes);
  }

  #openInPlace(): Open | null {
    const route = routeInPlace(this.path);
    const opened = route && attempt(() => open(route));
    return opened && !isClosed(opened.error) ? opened.result() : null;
  }

  #isSlow(db: Database.Database): boolean {
    return statSync(this.path).size > MAX_WITHOUT_INDEX && !hasIndexes(db);
  }
}

function open(route: Route, prepare: (db: Database.Database) => void = () => {}): Open {
  const db = new Database(route.url, { timeout: BUSY_MS });
  try {
    prepare(db);
    return { ...route, db, tables: inTransaction(db, () => new Tables(db)) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** True where SQLite would have to write to read on, as after a crash of the database's owner. */
function isClosed(error: unknown): boolean {
  return /^SQLITE_(CANTOPEN|READONLY)/.test(errno(error) ?? "");
}

/** The result of `action` for whoever asks, or what it threw. */
function attempt<T>(action: () => T): { result: () => T; error: unknown } {
  try {
    const value = action();
    return { result: () => value, error: null };
  } catch (error) {
    const result = () => {
      throw error;
    };
    return { result, error };
  }
}

function inTransaction<T>(db: Database.Database, read: () => T): T {
  db.exec("BEGIN");
  try {
    return read();
  } finally {
    db.exec("COMMIT");
  }
}
