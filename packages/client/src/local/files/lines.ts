import { readSync } from "node:fs";

const CHUNK_BYTES = 262_144;
/** Longest line that is read, bytes; Claude Code is known to write 20 MB, a spool's line has 32. */
const MAX_LINE_BYTES = 67_108_864;

/** A whole line: `text` without its newline, null where it is too long to be read. Offsets in bytes. */
export interface RawLine {
  readonly offset: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly text: string | null;
}

/**
 * The whole lines of a file from `from` on, in portions. Returns what stands behind the last
 * newline: a line that is not there yet, null where it is too long. Throws like fs.
 */
export function* readLines(fd: number, from: number): Generator<RawLine, string | null> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const held = new HeldBytes();
  let start = from;
  let position = from;
  for (;;) {
    const bytes = readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (bytes === 0) return held.takeWith(Buffer.alloc(0));
    const part = chunk.subarray(0, bytes);
    let begin = 0;
    for (let newline = part.indexOf(10); newline >= 0; newline = part.indexOf(10, begin)) {
      const end = position + newline + 1;
      const text = held.takeWith(part.subarray(begin, newline));
      yield { offset: start, end, text };
      start = end;
      begin = newline + 1;
    }
    held.add(part.subarray(begin));
    position += bytes;
  }
}

/** The beginning of a line that reaches over several chunks. */
class HeldBytes {
  #parts: Buffer[] = [];
  #bytes = 0;

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > MAX_LINE_BYTES) this.#parts = [];
    // A copy: the chunk is read into again.
    else if (part.length > 0) this.#parts.push(Buffer.from(part));
  }

  takeWith(last: Buffer): string | null {
    const tooLong = this.#bytes + last.length > MAX_LINE_BYTES;
    const text = tooLong ? null : Buffer.concat([...this.#parts, last]).toString("utf8");
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }
}
