/** Bytes of a hash, where it is kept. */
const BYTES = 6;
/**
 * How many hashes count, the last ones: 262 KB in a saved position, about 9,000 answers. What was
 * said before them is not known again.
 */
const MOST = 32_768;

/**
 * Hashes of what a transcript said, in the order of its lines. What is known at a line depends on the
 * lines before it alone, however they were read.
 */
export class Said {
  /** The place of each in the order of all that were ever added. */
  readonly #places = new Map<number, number>();
  /** Those that are kept, from the place `#first` on, each with the offset of its line. */
  #hashes: number[] = [];
  #offsets: number[] = [];
  #first = 0;
  #kept = { end: 0, text: "" };

  /** From what `asOf` gave; of damaged text whatever it says. */
  constructor(saved = "") {
    const bytes = Buffer.from(saved, "base64");
    for (let at = 0; at + BYTES <= bytes.length; at += BYTES) {
      this.add(bytes.readUIntBE(at, BYTES), -1);
    }
  }

  has(hash: number): boolean {
    const place = this.#places.get(hash);
    return place !== undefined && place >= this.#next - MOST;
  }

  /** Adds what the line at byte `offset` says, no smaller than those before; nothing where it is known. */
  add(hash: number, offset: number): void {
    if (this.has(hash)) return;
    this.#places.set(hash, this.#next);
    this.#hashes.push(hash);
    this.#offsets.push(offset);
    if (this.#hashes.length >= 3 * MOST) this.#forget(MOST);
  }

  /** What the lines before byte `offset` said, in base64. */
  asOf(offset: number): string {
    let end = this.#offsets.length;
    while (end > 0 && (this.#offsets[end - 1] ?? 0) >= offset) end -= 1;
    if (this.#kept.end !== this.#first + end) {
      const text = textOf(this.#hashes.slice(Math.max(0, end - MOST), end));
      this.#kept = { end: this.#first + end, text };
    }
    return this.#kept.text;
  }

  get #next(): number {
    return this.#first + this.#hashes.length;
  }

  /** An older place may still be asked for by `asOf`, so that more are kept than count. */
  #forget(count: number): void {
    for (const [i, hash] of this.#hashes.slice(0, count).entries()) {
      if (this.#places.get(hash) === this.#first + i) this.#places.delete(hash);
    }
    this.#hashes = this.#hashes.slice(count);
    this.#offsets = this.#offsets.slice(count);
    this.#first += count;
  }
}

function textOf(hashes: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(hashes.length * BYTES);
  hashes.forEach((hash, i) => {
    bytes.writeUIntBE(hash, i * BYTES, BYTES);
  });
  return bytes.toString("base64");
}
