import type { IngestRecord } from "@duolog/contract";
import { LARGEST_RECORD } from "../batches.ts";
import type { DataPaths } from "../local/data/paths.ts";
import { formatSpoolLine, parseSpoolLine, type SpoolEntry } from "../local/data/segments.ts";
import { SegmentFile } from "./SegmentFile.ts";

/** Bytes of records held in memory that a segment holds too; the rest is read back when its turn comes. */
const MEMORY = 4 * 1024 * 1024;
/** Bytes of records held in memory alone, while the disk takes none. */
const MEMORY_ALONE = 8 * 1024 * 1024;
/** A segment that has reached this size is followed by a new one, bytes. */
const SEGMENT = 4 * 1024 * 1024;
/** So many segments stay open; older ones are opened again to be read. */
const OPEN_SEGMENTS = 8;
/** No new try to write within this time after the disk refused one, ms. */
const DISK_PAUSE = 1_000;
/** More than the lines of any segment. */
const KEYS_PER_SEGMENT = 2 ** 26;

/** A record on its way; `key` tells it from all others of this spool. */
export interface Pending {
  key: number;
  record: IngestRecord;
  /** Length of its line, bytes. */
  bytes: number;
  segment: NumberedSegment | null;
}

interface NumberedSegment {
  id: number;
  file: SegmentFile;
}

/** What became of a record handed in. `no-room`: neither on disk nor in memory. */
export type Added = { key: number; durable: boolean } | "no-room" | "too-big";

/**
 * The records not yet acknowledged, oldest first: in memory up to a bound, all of them in this
 * process's segments. With `paths` null, or while the disk refuses writes, in memory alone.
 * Errors of the disk are not thrown: the record is then held in memory, bounded.
 */
export class Spool {
  readonly #paths: DataPaths | null;
  readonly #client: SpoolEntry["client"];
  #segments: NumberedSegment[] = [];
  #ready: Pending[] = [];
  #memory = 0;
  #memoryAlone = 0;
  #unread = 0;
  #taken = 0;
  #ids = 0;
  #diskPausedUntil = 0;

  constructor(paths: DataPaths | null, client: SpoolEntry["client"]) {
    this.#paths = paths;
    this.#client = client;
  }

  /** How many records are not settled. */
  get size(): number {
    return this.#ready.length + this.#unread + this.#taken;
  }

  /** True while there is something to take. */
  get hasReady(): boolean {
    return this.#ready.length + this.#unread > 0;
  }

  /** Keeps a record. Throws a TypeError where JSON can't hold it. `now`: monotonic, ms. */
  add(record: IngestRecord, now: number): Added {
    const content = Buffer.from(`${formatSpoolLine({ client: this.#client, record })}\n`);
    const bytes = content.length;
    if (bytes > LARGEST_RECORD) return "too-big";
    const inMemory = this.#unread === 0 && (this.#memory === 0 || this.#memory + bytes <= MEMORY);
    const place = this.#write(content, inMemory, now);
    if (!place) return this.#addAlone(record, bytes);
    const key = place.segment.id * KEYS_PER_SEGMENT + place.number;
    if (inMemory) this.#push({ key, record, bytes, segment: place.segment });
    else this.#unread += 1;
    return { key, durable: true };
  }

  #addAlone(record: IngestRecord, bytes: number): Added {
    if (this.#memoryAlone > 0 && this.#memoryAlone + bytes > MEMORY_ALONE) return "no-room";
    this.#ids += 1;
    const key = this.#ids * KEYS_PER_SEGMENT;
    this.#push({ key, record, bytes, segment: null });
    return { key, durable: false };
  }

  #push(pending: Pending): void {
    this.#ready.push(pending);
    this.#count(pending, 1);
  }

  #count({ bytes, segment }: Pending, sign: 1 | -1): void {
    if (segment) this.#memory += sign * bytes;
    else this.#memoryAlone += sign * bytes;
  }

  #write(content: Buffer, skip: boolean, now: number) {
    if (!this.#paths || now < this.#diskPausedUntil) return null;
    try {
      this.#restoreDeleted();
      const segment = this.#writable(this.#paths);
      return { segment, number: segment.file.append(content, skip) };
    } catch {
      // Full, read-only, not ours: the record goes on in memory.
      this.#diskPausedUntil = now + DISK_PAUSE;
      return null;
    }
  }

  #restoreDeleted(): void {
    if (!this.#segments.at(-1)?.file.isDeleted) return;
    for (const { file } of this.#segments) {
      if (file.isDeleted) file.restore();
    }
  }

  #writable(paths: DataPaths): NumberedSegment {
    const last = this.#segments.at(-1);
    if (last?.file.isWritable && last.file.size < SEGMENT) return last;
    this.#ids += 1;
    const segment = { id: this.#ids, file: new SegmentFile(paths) };
    this.#segments.push(segment);
    this.#segments.at(-OPEN_SEGMENTS - 1)?.file.rest();
    return segment;
  }

  /**
   * Takes the next records, at most `count` and `bytes`, but at least one unless `strict`. Each must
   * come back by settle or putBack.
   */
  take(count: number, bytes: number, strict = false): Pending[] {
    while (this.#ready.length === 0 && this.#readBack());
    let total = 0;
    let end = 0;
    for (const pending of this.#ready) {
      total += pending.bytes;
      if (end === count || ((end > 0 || strict) && total > bytes)) break;
      end += 1;
    }
    this.#taken += end;
    return this.#ready.splice(0, end);
  }

  /** Reads on in the oldest segment with unread lines; false where there is none. */
  #readBack(): boolean {
    const segment = this.#segments.find(({ file }) => file.hasUnread);
    if (!segment) return false;
    try {
      for (const { line, number } of segment.file.read()) this.#pushRead(segment, line, number);
    } catch {
      // The file is gone or damaged: what is left of it is the daemon's.
      this.#unread -= segment.file.abandon();
    }
    return true;
  }

  #pushRead(segment: NumberedSegment, line: string, number: number): void {
    this.#unread -= 1;
    const record = parseSpoolLine(line)?.record;
    const bytes = Buffer.byteLength(line) + 1;
    const key = segment.id * KEYS_PER_SEGMENT + number;
    if (record) this.#push({ key, record, bytes, segment });
    else this.#settleIn(segment);
  }

  /** Lets a record go: it was stored, or refused for good. */
  settle(pending: Pending): void {
    this.#taken -= 1;
    this.#count(pending, -1);
    if (pending.segment) this.#settleIn(pending.segment);
  }

  #settleIn(segment: NumberedSegment): void {
    segment.file.settleOne();
    if (!segment.file.isSettled) return;
    this.#segments = this.#segments.filter((other) => other !== segment);
    closeQuietly(segment.file);
  }

  /** Gives records back, to be taken again: `first`, or after all others in memory. */
  putBack(records: Pending[], where: "first" | "last"): void {
    if (records.length === 0) return;
    this.#taken -= records.length;
    this.#ready = where === "first" ? [...records, ...this.#ready] : [...this.#ready, ...records];
  }

  /** Closes the files. What is not settled stays on disk, for the daemon. */
  close(): void {
    for (const { file } of this.#segments) closeQuietly(file);
    this.#segments = [];
  }
}

/** The file stays where it can't be deleted; the daemon drains it, which changes nothing. */
function closeQuietly(file: SegmentFile): void {
  try {
    file.close();
  } catch {}
}
