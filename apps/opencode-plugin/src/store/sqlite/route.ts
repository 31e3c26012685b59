import {
  chmodSync,
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, join } from "node:path";
import { isMissing } from "@duolog/client/local";
import { StoreProblem } from "../problem.ts";

/** How a database is opened so that nothing of it and beside it changes. */
export interface Route {
  /** What SQLite is given. */
  url: string;
  /** SQLite takes no locks there: what was read holds only while `stampOf` says this. Else null. */
  stamp: string | null;
}

/** A database file as SQLite's file format has it, https://www.sqlite.org/fileformat2.html#the_database_header. */
const MAGIC = "SQLite format 3\0";
const READ_VERSION_AT = 19;
const WAL = 2;
/** Files that belong to a database, by what they add to its name. */
const PARTS = ["", "-wal", "-journal"];
/** So often a copy is tried of a database that is being written to. */
const COPY_TRIES = 5;

/**
 * The way to read a database where it lies. SQLite makes a WAL and its index beside a database of the
 * WAL mode even to read it: so it is kept from that (`readonly_shm`) where both are there, and told
 * that nobody writes (`immutable`) where there is no WAL. Null: neither will do, only a copy.
 * Throws StoreProblem, or like fs.
 */
export function routeInPlace(file: string): Route | null {
  const stamp = stampOf(file);
  if (!isWal(file)) return { url: urlOf(file, "mode=ro"), stamp: null };
  const wal = sizeOf(`${file}-wal`);
  if (wal !== null && sizeOf(`${file}-shm`) !== null) {
    return { url: urlOf(file, "mode=ro&readonly_shm=1"), stamp: null };
  }
  return wal ? null : { url: urlOf(file, "immutable=1"), stamp };
}

/**
 * A copy, in a directory of ours, of the database with all that is committed in it. Throws
 * StoreProblem where it is written to all the time, or like fs.
 */
export function copyInto(directory: string, file: string): Route {
  const copy = join(directory, basename(file));
  for (let tries = 0; tries < COPY_TRIES; tries++) {
    const before = stampOf(file);
    for (const part of PARTS) {
      rmSync(copy + part, { force: true });
      if (sizeOf(file + part) === null) continue;
      copyFileSync(file + part, copy + part);
      chmodSync(copy + part, 0o600);
    }
    if (stampOf(file) === before) return { url: copy, stamp: null };
  }
  throw new StoreProblem("the database is written to all the time");
}

/** Differs where the database or what is committed beside it was written to. Throws like fs. */
export function stampOf(file: string): string {
  return PARTS.map((part) => {
    const stats = statSync(file + part, { throwIfNoEntry: false, bigint: true });
    // An empty WAL holds nothing; SQLite makes and removes it as programs come and go.
    if (!stats || (part && stats.size === 0n)) return "-";
    return [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
  }).join(" ");
}

/** Whether a file begins as SQLite's do. Throws StoreProblem, or like fs. */
export function isSqlite(file: string): boolean {
  return headerOf(file).toString("latin1", 0, MAGIC.length) === MAGIC;
}

function isWal(file: string): boolean {
  if (!isSqlite(file)) throw new StoreProblem("can't read it: not a SQLite database");
  return headerOf(file)[READ_VERSION_AT] === WAL;
}

function headerOf(file: string): Buffer {
  if (!checked(() => statSync(file)).isFile()) throw new StoreProblem("not a file");
  const fd = checked(() => openSync(file, "r"));
  try {
    if (!fstatSync(fd).isFile()) throw new StoreProblem("not a file");
    const header = Buffer.alloc(READ_VERSION_AT + 1);
    const bytes = readSync(fd, header);
    if (bytes === 0) throw new StoreProblem("an empty file");
    return header.subarray(0, bytes);
  } finally {
    closeSync(fd);
  }
}

function checked<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (isMissing(error)) throw new StoreProblem("there is no file", { cause: error });
    throw error;
  }
}

function sizeOf(file: string): number | null {
  const stats: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  return stats ? stats.size : null;
}

function urlOf(file: string, parameters: string): string {
  return `file:${encodeURI(file).replaceAll("?", "%3F").replaceAll("#", "%23")}?${parameters}`;
}
