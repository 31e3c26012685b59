import {
  copyFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isWalDamaged, mendWal } from "../../src/storage/salvage/wal.ts";
import { temporary } from "./migrationFiles.ts";

/** Of SQLite's WAL, bytes: its header, and a frame of pages of 4,096. */
const HEADER = 32;
const FRAME = 24 + 4_096;
const COMMITS = 12;

let directory: ReturnType<typeof temporary>;
let left: string;
beforeEach(() => {
  directory = temporary();
  left = leaveWal();
});
afterEach(() => directory[Symbol.dispose]());

/** A database and its WAL as kill -9 leaves them: twelve commits of five rows each, in the WAL only. */
function leaveWal(): string {
  const live = directory.at("live.db");
  const db = new Database(live);
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  for (let commit = 0; commit < COMMITS; commit++) {
    const rows = Array.from({ length: 5 }, (_, i) => `(${commit * 5 + i}, '${"x".repeat(500)}')`);
    db.exec(`INSERT INTO t VALUES ${rows.join(", ")}`);
  }
  const file = directory.at("left.db");
  copyFileSync(live, file);
  copyFileSync(`${live}-wal`, `${file}-wal`);
  db.close();
  return file;
}

let copies = 0;

/** A copy of what was left, in whose WAL `damage` did its work. */
function damaged(damage: (wal: Buffer) => Buffer | undefined): string {
  // One of its own: libSQL keeps closed files open for a while.
  const copy = directory.at(`copy-${copies++}.db`);
  copyFileSync(left, copy);
  const wal = readFileSync(`${left}-wal`);
  writeFileSync(`${copy}-wal`, damage(wal) ?? wal);
  return copy;
}

/** How many rows SQLite finds, by walking the table. Takes the WAL into the file. */
function rowsIn(file: string): number {
  const db = new Database(file);
  try {
    return (db.prepare("SELECT id, text FROM t").all() as unknown[]).length;
  } finally {
    db.close();
  }
}

const framesIn = (wal: Buffer) => (wal.length - HEADER) / FRAME;
const isCommit = (wal: Buffer, frame: number) => wal.readUInt32BE(HEADER + frame * FRAME + 4) > 0;

test("what SQLite left is whole, and a mended copy of it holds the same", () => {
  expect(isWalDamaged(left)).toBe(false);
  const copy = damaged((wal) => wal);
  mendWal(copy);
  expect(statSync(`${copy}-wal`).size).toBe(statSync(`${left}-wal`).size);
  expect(rowsIn(copy)).toBe(COMMITS * 5);
});

test("cut anywhere it is torn and not damaged: SQLite finds all commits before the cut", () => {
  const whole = readFileSync(`${left}-wal`);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (size) => {
      const copy = damaged((wal) => wal.subarray(0, size));
      expect(isWalDamaged(copy)).toBe(false);
      const frames = Math.max(0, Math.floor((size - HEADER) / FRAME));
      const commits = Array.from({ length: frames }, (_, i) => isCommit(whole, i));
      expect(rowsIn(copy)).toBe(5 * commits.filter(Boolean).length);
    }),
    { numRuns: 60 },
  );
});

test("a byte changed anywhere is found, unless it is the last frame's own", () => {
  const whole = readFileSync(`${left}-wal`);
  const inWal = fc.integer({ min: 0, max: whole.length - 1 });
  fc.assert(
    fc.property(inWal, fc.integer({ min: 1, max: 255 }), (at, change) => {
      const copy = damaged((wal) => {
        wal[at] = (wal[at] ?? 0) ^ change;
        return wal;
      });
      const isLast = at >= HEADER + (framesIn(whole) - 1) * FRAME;
      expect(isWalDamaged(copy)).toBe(!isLast);
      if (isLast) return;
      mendWal(copy);
      expect(isWalDamaged(copy)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

describe("mended", () => {
  test.each<[string, (wal: Buffer) => void]>([
    ["a header of zeros", (wal) => wal.fill(0, 0, HEADER)],
    [
      "the salts of one frame",
      (wal) => wal.fill(0xff, HEADER + 3 * FRAME + 8, HEADER + 3 * FRAME + 16),
    ],
    [
      "the salts of the first frame, and the header",
      (wal) => {
        wal.fill(0, 0, HEADER);
        wal.fill(7, HEADER + 8, HEADER + 16);
      },
    ],
    [
      "the sums of two frames",
      (wal) => {
        wal.fill(0, HEADER + 3 * FRAME + 16, HEADER + 3 * FRAME + 24);
        wal.fill(0, HEADER + 9 * FRAME + 16, HEADER + 9 * FRAME + 24);
      },
    ],
  ])("%s: no row is lost", (_what, damage) => {
    const copy = damaged((wal) => {
      damage(wal);
      return wal;
    });
    expect(isWalDamaged(copy)).toBe(true);
    mendWal(copy);
    expect(rowsIn(copy)).toBe(COMMITS * 5);
  });

  test("of the frames of an earlier round none is taken", () => {
    const file = directory.at("rounds.db");
    const db = new Database(file);
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
    for (let id = 0; id < 30; id++) db.exec(`INSERT INTO t VALUES (${id}, '${"y".repeat(900)}')`);
    db.exec("DELETE FROM t WHERE id >= 10; PRAGMA wal_checkpoint(FULL)");
    // The log begins anew: these few stand before the frames of the first round.
    for (let id = 100; id < 104; id++) db.exec(`INSERT INTO t VALUES (${id}, 'z')`);
    const copy = directory.at("copy.db");
    copyFileSync(file, copy);
    const wal = readFileSync(`${file}-wal`);
    db.close();
    const first = wal.subarray(HEADER + 8, HEADER + 16);
    const rounds = Array.from({ length: framesIn(wal) }, (_, i) =>
      wal.subarray(HEADER + i * FRAME + 8, HEADER + i * FRAME + 16).equals(first),
    );
    expect(rounds).toContain(false);
    wal.fill(0, HEADER + 16, HEADER + 24);
    writeFileSync(`${copy}-wal`, wal);
    expect(isWalDamaged(copy)).toBe(true);
    mendWal(copy);
    expect(statSync(`${copy}-wal`).size).toBe(HEADER + rounds.filter(Boolean).length * FRAME);
    expect(rowsIn(copy)).toBe(14);
  });
});

test("the log of a database that was emptied is not thrown away by SQLite", () => {
  const copy = damaged((wal) => wal);
  truncateSync(copy, 0);
  expect(isWalDamaged(copy)).toBe(true);
  mendWal(copy);
  const db = new Database(copy);
  expect(existsSync(`${copy}-wal`)).toBe(true);
  db.close();
});

test("a page size that is none, in the database and in the log's header, costs nothing", () => {
  const copy = damaged((wal) => wal.fill(0, 0, HEADER));
  const database = readFileSync(copy);
  database.writeUInt16BE(3, 16);
  writeFileSync(copy, database);
  expect(isWalDamaged(copy)).toBe(true);
  mendWal(copy);
  expect(rowsIn(copy)).toBe(COMMITS * 5);
});
