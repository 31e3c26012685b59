import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { isRegular } from "../checkRegular.ts";
import {
  FRAME_HEADER_BYTES,
  HEADER_BYTES,
  isPageSize,
  isSame,
  makeHeader,
  readFrame,
  readHeader,
  readSum,
  type Sum,
  sumOfFrame,
  type WalHeader,
  writeSum,
} from "./walFormat.ts";

/** Looks at a log that changes meanwhile; then it is in use, and not what a kill left. */
const LOOKS = 5;

/** The path of a database's write-ahead log. */
export function walOf(database: string): string {
  return `${database}-wal`;
}

/**
 * True where the log that was left beside a database holds commits which SQLite would pass over
 * without a word, because something before them is damaged. A torn end is no damage, nor what another
 * program is writing meanwhile. Throws like fs.
 * To be asked before SQLite opens the file in this process: the end of any look at a file ends the
 * locks that its process has on it (POSIX), SQLite's among them.
 */
export function isWalDamaged(database: string): boolean {
  for (let looks = 0; looks < LOOKS; looks++) {
    const before = stateOf(walOf(database));
    if (!looksDamaged(database)) return false;
    if (looks > 0 && before === stateOf(walOf(database))) return true;
  }
  return false;
}

function stateOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : "";
}

function looksDamaged(database: string): boolean {
  return withWal(database, false, (wal) => {
    const { header, frames } = wal;
    // SQLite deletes the log of an empty file, and writes a header before all else.
    if (!header || statSync(database).size === 0) return firstSalts(frames()) !== null;
    let sum = header.sum;
    let isWhole = true;
    for (const frame of frames()) {
      const told = readFrame(frame);
      const isOfRound = told.page > 0 && told.salts.equals(header.salts);
      if (!isWhole && isOfRound && told.isCommit) return true;
      sum = sumOfFrame(frame, sum, header.bigEndian);
      isWhole &&= isOfRound && isSame(sum, told.sum);
    }
    return false;
  });
}

/**
 * Writes the log of a copy anew, so that SQLite takes each frame of its last round: also one whose
 * page may have been damaged, which costs the rows on it at most. Throws like fs.
 */
export function mendWal(database: string): void {
  withWal(database, undefined, ({ header, pageBytes, frames }) => {
    const salts = header?.salts ?? firstSalts(frames());
    if (!salts) return;
    if (statSync(database).size === 0) truncateSync(database, pageBytes);
    const round = { bigEndian: false, sum: null, ...header, salts };
    writeWal(walOf(database), makeHeader(pageBytes, salts), framesOf(round, frames()));
  });
}

/** What of a header the frames behind it can be known by; `sum` is null where there is none. */
type Round = Pick<WalHeader, "salts" | "bigEndian"> & { sum: Sum | null };

interface Wal {
  header: WalHeader | null;
  pageBytes: number;
  /** Its whole frames, from the first; each is valid until the next. */
  frames: () => Generator<Buffer>;
}

/** Gives `otherwise` where there is no log, or one without a whole header. */
function withWal<T>(database: string, otherwise: T, use: (wal: Wal) => T): T {
  // SQLite refuses what is no file.
  if (!isRegular(walOf(database))) return otherwise;
  const fd = openSync(walOf(database), "r");
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    if (readSync(fd, start) < HEADER_BYTES) return otherwise;
    const header = readHeader(start);
    const pageBytes = header?.pageBytes ?? pageBytesOf(database);
    return use({ header, pageBytes, frames: () => framesIn(fd, pageBytes) });
  } finally {
    closeSync(fd);
  }
}

/** The page size that stands in a database's first bytes, where 1 means 65,536; SQLite's default where none does. */
function pageBytesOf(database: string): number {
  const start = Buffer.alloc(18);
  const fd = openSync(database, "r");
  try {
    readSync(fd, start);
  } finally {
    closeSync(fd);
  }
  const told = start.readUInt16BE(16);
  const bytes = told === 1 ? 65_536 : told;
  return isPageSize(bytes) ? bytes : 4_096;
}

function* framesIn(fd: number, pageBytes: number): Generator<Buffer> {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageBytes);
  for (let at = HEADER_BYTES; ; at += frame.length) {
    if (readSync(fd, frame, 0, frame.length, at) < frame.length) return;
    yield frame;
  }
}

/** What the first frames of a log without a header agree on, so that a damaged one does not count. */
function firstSalts(frames: Iterable<Buffer>): Buffer | null {
  const seen = new Set<string>();
  for (const frame of frames) {
    const { page, salts } = readFrame(frame);
    if (page === 0) continue;
    const told = salts.toString("hex");
    if (seen.has(told)) return Buffer.from(salts);
    seen.add(told);
  }
  const [only] = seen;
  return only === undefined ? null : Buffer.from(only, "hex");
}

/** The frames of one round: those with its salts, and one whose salts alone are damaged. */
function* framesOf({ salts, bigEndian, sum }: Round, frames: Iterable<Buffer>): Generator<Buffer> {
  let before: Sum | null = sum;
  for (const frame of frames) {
    const told = readFrame(frame);
    const isNext = before !== null && isSame(told.sum, sumOfFrame(frame, before, bigEndian));
    const isOfRound = told.page > 0 && (isNext || told.salts.equals(salts));
    before = isOfRound ? told.sum : null;
    if (!isOfRound) continue;
    salts.copy(frame, 8);
    yield frame;
  }
}

function writeWal(file: string, header: Buffer, frames: Iterable<Buffer>): void {
  const mended = `${file}.mended`;
  const fd = openSync(mended, "wx", 0o600);
  try {
    writeFileSync(fd, header);
    let sum = readSum(header, 24);
    for (const frame of frames) {
      sum = sumOfFrame(frame, sum, false);
      writeSum(frame, 16, sum);
      writeFileSync(fd, frame);
    }
  } catch (error) {
    rmSync(mended);
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(mended, file);
}
