import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type DataPaths, ensureDataDir } from "../local/data/paths.ts";
import { ownStart, segmentName, splitLines } from "../local/data/segments.ts";
import { errno } from "../local/files/errno.ts";

const FEED = 0x0a;
/** Read at once, bytes; a longer line is read whole. */
const CHUNK = 1024 * 1024;

/** A line read back, with its number in the file. */
export interface NumberedLine {
  line: string;
  number: number;
}

/**
 * One segment of this process, open for writing at its end and reading from a cursor. Everything is
 * synchronous: when `append` returns, the line outlives the process. All throw like fs.
 */
export class SegmentFile {
  readonly #paths: DataPaths;
  #path: string;
  /** Null while the file is not open. */
  #fd: number | null;
  #size = 0;
  #lines = 0;
  #cursor = 0;
  #cursorLine = 0;
  #unsettled = 0;
  #sealed = false;

  /** Makes a new file (0600) in the spool, and the directories where they are missing. */
  constructor(paths: DataPaths) {
    this.#paths = paths;
    ({ path: this.#path, fd: this.#fd } = createFile(paths));
  }

  /** Bytes of whole lines. */
  get size(): number {
    return this.#size;
  }

  /** False after a write that could not be undone. */
  get isWritable(): boolean {
    return !this.#sealed;
  }

  /** True while lines lie behind the cursor. */
  get hasUnread(): boolean {
    return this.#cursor < this.#size;
  }

  /** True once every line was settled. */
  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  /** Appends a line and returns its number. With `skip` the cursor passes it, if it stands there. */
  append(content: Buffer, skip: boolean): number {
    const fd = this.#open();
    try {
      writeWhole(fd, content, this.#size);
    } catch (error) {
      this.#undo(fd);
      throw error;
    }
    if (skip && !this.hasUnread) {
      this.#cursor = this.#size + content.length;
      this.#cursorLine = this.#lines + 1;
    }
    this.#size += content.length;
    this.#unsettled += 1;
    this.#lines += 1;
    return this.#lines - 1;
  }

  #open(): number {
    this.#fd ??= openSync(this.#path, constants.O_RDWR | constants.O_NOFOLLOW);
    return this.#fd;
  }

  #undo(fd: number): void {
    try {
      ftruncateSync(fd, this.#size);
    } catch {
      this.#sealed = true;
    }
  }

  /**
   * The next lines from the cursor, about 1 MB of them, at least one. Throws an Error, and moves no
   * cursor, where there are fewer or more than were written.
   */
  read(): NumberedLine[] {
    const content = this.#readWholeLines();
    const lines = splitLines(content);
    const [cursor, cursorLine] = [this.#cursor + content.length, this.#cursorLine + lines.length];
    const isEnd = cursor === this.#size;
    if (lines.length === 0 || cursorLine > this.#lines || isEnd !== (cursorLine === this.#lines)) {
      throw new Error("a segment is not what was written to it");
    }
    const numbered = lines.map((line, i) => ({ line, number: this.#cursorLine + i }));
    this.#cursor = cursor;
    this.#cursorLine = cursorLine;
    return numbered;
  }

  #readWholeLines(): Buffer {
    const fd = this.#open();
    for (let length = CHUNK; ; length *= 2) {
      const chunk = readWhole(fd, this.#cursor, Math.min(length, this.#size - this.#cursor));
      const end = chunk.lastIndexOf(FEED) + 1;
      if (end > 0 || chunk.length < length) return chunk.subarray(0, end);
    }
  }

  /** Gives up reading; the lines stay in the file, for the daemon. Returns how many were unread. */
  abandon(): number {
    const unread = this.#lines - this.#cursorLine;
    this.#cursor = this.#size;
    this.#cursorLine = this.#lines;
    this.#unsettled = Number.POSITIVE_INFINITY;
    return unread;
  }

  /** Notes that a line needs no keeping any more. */
  settleOne(): void {
    this.#unsettled -= 1;
  }

  /** True where somebody deleted or moved the file (the data directory with it) while it is open here. */
  get isDeleted(): boolean {
    if (this.#fd === null) return false;
    return statSync(this.#path, { throwIfNoEntry: false })?.ino !== fstatSync(this.#fd).ino;
  }

  /** Writes the lines of a deleted file to a new one, so that they still outlive this process. */
  restore(): void {
    if (this.#fd === null) return;
    const created = createFile(this.#paths);
    try {
      this.#copyTo(created.fd, this.#fd);
    } catch (error) {
      closeSync(created.fd);
      rmSync(created.path, { force: true });
      throw error;
    }
    closeSync(this.#fd);
    this.#path = created.path;
    this.#fd = created.fd;
  }

  #copyTo(to: number, from: number): void {
    for (let at = 0; at < this.#size; ) {
      const chunk = readWhole(from, at, Math.min(CHUNK, this.#size - at));
      writeWhole(to, chunk, at);
      at += chunk.length;
    }
  }

  /** Gives the descriptor back; reading opens the file again. */
  rest(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** Closes the file; one with unsettled lines stays for the daemon. */
  close(): void {
    this.rest();
    if (this.isSettled) rmSync(this.#path, { force: true });
  }
}

function createFile(paths: DataPaths): { path: string; fd: number } {
  try {
    return openFirstFree(paths);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
    ensureDataDir(paths);
    return openFirstFree(paths);
  }
}

/** The last number taken by this thread; another thread's files are passed over. */
let lastNumber = 0;

function openFirstFree(paths: DataPaths): { path: string; fd: number } {
  for (;;) {
    const n = lastNumber + 1;
    const path = join(paths.spool, segmentName(process.pid, ownStart(), n));
    try {
      const fd = openSync(path, "wx+", 0o600);
      lastNumber = n;
      return { path, fd };
    } catch (error) {
      if (errno(error) !== "EEXIST") throw error;
      lastNumber = n;
    }
  }
}

function writeWhole(fd: number, content: Buffer, position: number): void {
  for (let done = 0; done < content.length; ) {
    done += writeSync(fd, content, done, content.length - done, position + done);
  }
}

function readWhole(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, buffer, done, length - done, position + done);
    if (count === 0) throw new Error("a segment is shorter than what was written to it");
    done += count;
  }
  return buffer;
}
