/**
 * SQLite's write-ahead log, after https://www.sqlite.org/fileformat2.html#walformat: a header of 32
 * bytes, then frames of 24 bytes and a page each. Every sum goes over all that stands before it, so
 * SQLite passes over whatever lies behind the first wrong one.
 */
export const HEADER_BYTES = 32;
/** What stands before a page in its frame. */
export const FRAME_HEADER_BYTES = 24;

/** The last bit tells that sums are taken over big-endian words. */
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;

/** Two words of 32 bits. */
export type Sum = readonly [number, number];

/** What a header tells of the frames behind it. */
export interface WalHeader {
  bigEndian: boolean;
  pageBytes: number;
  /** Eight bytes that each of its frames repeats; those of an earlier round have others. */
  salts: Buffer;
  sum: Sum;
}

/** A frame, without its page's content. */
export interface FrameHeader {
  page: number;
  /** True where a transaction ends with it. */
  isCommit: boolean;
  salts: Buffer;
  sum: Sum;
}

/** The running sum over `bytes`, whose length is a multiple of eight. */
export function sumOver(bytes: Buffer, [a, b]: Sum, bigEndian: boolean): Sum {
  let [s0, s1] = [a, b];
  for (let i = 0; i < bytes.length; i += 8) {
    const first = bigEndian ? bytes.readUInt32BE(i) : bytes.readUInt32LE(i);
    const second = bigEndian ? bytes.readUInt32BE(i + 4) : bytes.readUInt32LE(i + 4);
    s0 = (s0 + first + s1) >>> 0;
    s1 = (s1 + second + s0) >>> 0;
  }
  return [s0, s1];
}

/** Null where it is none that SQLite would take. */
export function readHeader(bytes: Buffer): WalHeader | null {
  const magic = bytes.readUInt32BE(0);
  if ((magic & ~1) !== MAGIC || bytes.readUInt32BE(4) !== VERSION) return null;
  const bigEndian = (magic & 1) === 1;
  const sum = readSum(bytes, 24);
  const pageBytes = bytes.readUInt32BE(8);
  const isWhole = isSame(sum, sumOver(bytes.subarray(0, 24), [0, 0], bigEndian));
  if (!isWhole || !isPageSize(pageBytes)) return null;
  return { bigEndian, pageBytes, salts: bytes.subarray(16, 24), sum };
}

/** True for the sizes, in bytes, that SQLite's pages may have: powers of two from 512 to 65,536. */
export function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

/** A header for frames of these salts, in little-endian sums. */
export function makeHeader(pageBytes: number, salts: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(VERSION, 4);
  bytes.writeUInt32BE(pageBytes, 8);
  salts.copy(bytes, 16);
  writeSum(bytes, 24, sumOver(bytes.subarray(0, 24), [0, 0], false));
  return bytes;
}

/** Reads the first 24 bytes of a frame. */
export function readFrame(frame: Buffer): FrameHeader {
  return {
    page: frame.readUInt32BE(0),
    isCommit: frame.readUInt32BE(4) > 0,
    salts: frame.subarray(8, 16),
    sum: readSum(frame, 16),
  };
}

/** The sum that a frame must have behind what has the sum `before`. */
export function sumOfFrame(frame: Buffer, before: Sum, bigEndian: boolean): Sum {
  const begun = sumOver(frame.subarray(0, 8), before, bigEndian);
  return sumOver(frame.subarray(FRAME_HEADER_BYTES), begun, bigEndian);
}

/** Gives a frame its sum. */
export function writeSum(bytes: Buffer, offset: number, [first, second]: Sum): void {
  bytes.writeUInt32BE(first, offset);
  bytes.writeUInt32BE(second, offset + 4);
}

/** The sum that stands at the offset. */
export function readSum(bytes: Buffer, offset: number): Sum {
  return [bytes.readUInt32BE(offset), bytes.readUInt32BE(offset + 4)];
}

/** True for equal sums. */
export function isSame(one: Sum, other: Sum): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
