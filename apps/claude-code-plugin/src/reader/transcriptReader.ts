import { createHash } from "node:crypto";
import { readSync, type Stats } from "node:fs";
import { type RawLine, readLines } from "@duolog/client/local";
import type { IngestRecord } from "@duolog/contract";
import { isWholeLine } from "../translate/damaged/records.ts";
import type { Beside } from "../translate/state/copies/copies.ts";
import type { Said } from "../translate/state/copies/said.ts";
import type { Stop } from "../translate/state/stops.ts";
import { type Cursor, Transcript, type TranscriptOwner } from "../translate/transcript.ts";
import { TRANSLATOR_VERSION } from "../translate/version.ts";
import { withOwnFile } from "./realFile.ts";

/** A line that says nothing because it is broken. */
export interface BrokenLine {
  /** Bytes. */
  readonly offset: number;
  readonly reason: string;
  /** The line's beginning. */
  readonly text: string;
}

/** What one reading found. */
export interface Portion {
  readonly records: IngestRecord[];
  readonly broken: BrokenLine[];
  /** As of Found. */
  readonly named: readonly string[];
  readonly damaged: readonly string[];
  readonly unknown: readonly string[];
  /** There was something new in the file. */
  readonly grew: boolean;
  /** The file holds more; read again. */
  readonly more: boolean;
}

/** Where a reading stopped, to be kept on disk. Plain data. */
export interface SavedPosition {
  readonly inode: number;
  /** Bytes read. */
  readonly position: number;
  /** Hash of the file's first bytes, to know a replaced file by. */
  readonly head: string;
  /** Hash of the last bytes that were read, by which one that was cut and grew again is known; older positions have none. */
  readonly tail?: string;
  readonly agentType: string | null;
  /** The call that started the sub-agent, where that was known. */
  readonly toolUseId?: string | null;
  /** The TRANSLATOR_VERSION that read so far; the first one noted none. */
  readonly translator?: number;
  readonly cursor: Cursor;
}

/** True where another version of the translator read so far, so that all is to be read again. */
export function isOutdated(saved: SavedPosition): boolean {
  return saved.translator !== TRANSLATOR_VERSION;
}

/** Bytes of the transcript in one portion. */
const PORTION_BYTES = 1024 * 1024;
const HEAD_BYTES = 256;
const TAIL_BYTES = 256;
/** Of a broken line, this much is kept, in UTF-16 units. */
const KEPT_OF_BROKEN = 64 * 1024;

const NOTHING: Portion = {
  records: [],
  broken: [],
  named: [],
  damaged: [],
  unknown: [],
  grew: false,
  more: false,
};

/** Reads one transcript from where it left off; a truncated or replaced file from its start. */
export class TranscriptReader implements Beside {
  readonly path: string;
  readonly #beside: readonly Beside[];
  #transcript: Transcript;
  #inode: number;
  #position: number;
  #head: string;
  #tail: string;

  /** A sub-agent's transcript is read with the session's own `beside` it, of which what is there was read. */
  constructor(
    path: string,
    owner: TranscriptOwner,
    saved: SavedPosition | null = null,
    beside: readonly Beside[] = [],
  ) {
    const usable = saved && isOf(owner, saved) && !isOutdated(saved) ? saved : null;
    this.path = path;
    this.#beside = beside;
    this.#transcript = new Transcript(owner, usable?.cursor, beside);
    this.#inode = usable?.inode ?? 0;
    this.#position = usable?.cursor.offset ?? 0;
    this.#head = usable?.head ?? "";
    this.#tail = usable?.tail ?? "";
  }

  get owner(): TranscriptOwner {
    return this.#transcript.owner;
  }

  /** True once the session has a row. */
  get hasSession(): boolean {
    return this.#transcript.hasSession;
  }

  get said(): Said {
    return this.#transcript.said;
  }

  /** A Stop hook's note (M6). */
  stop(stop: Stop): void {
    this.#transcript.stop(stop);
  }

  /**
   * The next portion; nothing where the file is not there, or a symlink that is not the user's own leads
   * to it. Throws like fs for what is not the transcript's own fault (EIO, EMFILE).
   */
  read(): Portion {
    const portion = withOwnFile(this.path, (fd, stats) => this.#readFrom(fd, stats));
    return portion ?? { ...NOTHING, records: this.#transcript.take() };
  }

  /** Valid for the portions read so far. */
  save(): SavedPosition {
    return {
      inode: this.#inode,
      position: this.#position,
      head: this.#head,
      tail: this.#tail,
      agentType: this.owner.agentType,
      toolUseId: this.owner.toolUseId ?? null,
      translator: TRANSLATOR_VERSION,
      cursor: this.#transcript.cursor(),
    };
  }

  #readFrom(fd: number, stats: Stats): Portion {
    if (this.#head !== "" && this.#isAnotherFile(fd, stats)) this.#restart();
    this.#inode = stats.ino;
    const begin = this.#position;
    const broken: BrokenLine[] = [];
    const lines = readLines(fd, begin);
    let line = lines.next();
    for (; !line.done; line = lines.next()) {
      broken.push(...this.#add(line.value));
      if (this.#position - begin >= PORTION_BYTES) break;
    }
    // What a killed process, or an editor, left without its newline.
    if (line.done && line.value !== null && isWholeLine(line.value)) {
      const end = this.#position + Buffer.byteLength(line.value);
      broken.push(...this.#add({ offset: this.#position, end, text: line.value }));
    }
    const grew = this.#position > begin;
    if (grew) this.#mark(fd);
    const more = this.#position - begin >= PORTION_BYTES;
    return {
      records: this.#transcript.take(),
      broken,
      ...this.#transcript.takeNamed(),
      grew,
      more,
    };
  }

  #add({ offset, end, text }: RawLine): BrokenLine[] {
    const reason = text === null ? "too long" : this.#transcript.add({ offset, text }, end);
    this.#position = end;
    return reason === null ? [] : [{ offset, reason, text: (text ?? "").slice(0, KEPT_OF_BROKEN) }];
  }

  #mark(fd: number): void {
    this.#head ||= headOf(fd, Math.min(HEAD_BYTES, this.#position));
    this.#tail = tailOf(fd, this.#position);
  }

  #isAnotherFile(fd: number, stats: Stats): boolean {
    if (stats.ino !== this.#inode || stats.size < this.#position) return true;
    if (headOf(fd, Number.parseInt(this.#head, 10)) !== this.#head) return true;
    return this.#tail !== "" && tailOf(fd, Number.parseInt(this.#tail, 10)) !== this.#tail;
  }

  #restart(): void {
    this.#transcript = new Transcript(this.owner, null, this.#beside);
    this.#position = 0;
    this.#head = "";
    this.#tail = "";
  }
}

/** What was read without the sub-agent's type, or its starter, is read again with it. */
function isOf(owner: TranscriptOwner, saved: SavedPosition): boolean {
  const { agentType, toolUseId = null } = saved;
  return agentType === owner.agentType && toolUseId === (owner.toolUseId ?? null);
}

/** `<bytes>:<hash>` of a file's beginning. */
function headOf(fd: number, bytes: number): string {
  return `${bytes}:${hashOf(fd, 0, bytes)}`;
}

/** `<end>:<hash>` of the bytes before `end`. */
function tailOf(fd: number, end: number): string {
  return `${end}:${hashOf(fd, Math.max(0, end - TAIL_BYTES), end)}`;
}

function hashOf(fd: number, from: number, to: number): string {
  const bytes = Buffer.alloc(to - from);
  const read = readSync(fd, bytes, 0, bytes.length, from);
  return createHash("sha256").update(bytes.subarray(0, read)).digest("hex").slice(0, 32);
}
