import { closeSync, readdirSync, statSync } from "node:fs";
import { uptime } from "node:os";
import { basename, join } from "node:path";
import { type IngestRecord, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import { errno } from "../files/errno.ts";
import { isObject } from "../files/isObject.ts";
import { readLines } from "../files/lines.ts";
import { openToRead } from "../files/regularFile.ts";
import { isSameProcess, startTicks } from "../processes/processes.ts";
import type { DataPaths } from "./paths.ts";

/** One line of a segment. */
export interface SpoolEntry {
  /** `protocol` is the wire that the record is written for; older clients did not note it. */
  client: { name: string; version: string; protocol?: number };
  record: IngestRecord;
}

/** What a segment's name says of it. */
export interface SegmentOwner {
  pid: number;
  /** Start ticks of the owner (see startTicks); 0 where the system tells none. */
  startedAt: number;
  /** Which of its segments, from 1. */
  n: number;
}

const NAME = /^(\d{1,10})-(\d{1,16})-(\d{1,10})\.jsonl$/;

/** The file name of a process's n-th segment. */
export function segmentName(pid: number, startedAt: number, n: number): string {
  return `${pid}-${startedAt}-${n}.jsonl`;
}

/** What made this segment; null for a file that is none. Takes a name or a path. */
export function parseSegmentName(file: string): SegmentOwner | null {
  const match = NAME.exec(basename(file));
  if (!match) return null;
  return { pid: Number(match[1]), startedAt: Number(match[2]), n: Number(match[3]) };
}

/** The name's `startedAt` for this process. */
export function ownStart(): number {
  return startTicks(process.pid) ?? 0;
}

/** True while the process that writes this segment lives; false for what is no segment. */
export function isOwnerAlive(file: string): boolean {
  const owner = parseSegmentName(file);
  if (!owner) return false;
  // Ticks prove which process it is; without them a file from before the last boot has no owner.
  if (owner.startedAt > 0) return isSameProcess(owner.pid, owner.startedAt);
  return isSameProcess(owner.pid, null) && !isOlderThanBoot(file);
}

function isOlderThanBoot(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs < Date.now() - uptime() * 1000;
}

/**
 * All segments, dead or alive, oldest of a process first; absolute paths. What is no regular file
 * is none, whatever its name. Throws like fs.
 */
export function listSegments(paths: DataPaths): string[] {
  return readFileNames(paths.spool)
    .flatMap((name) => {
      const owner = parseSegmentName(name);
      return owner ? [{ name, owner }] : [];
    })
    .sort((a, b) => compareOwners(a.owner, b.owner))
    .map(({ name }) => join(paths.spool, name));
}

function readFileNames(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}

function compareOwners(a: SegmentOwner, b: SegmentOwner): number {
  return a.startedAt - b.startedAt || a.pid - b.pid || a.n - b.n;
}

/** A line of a segment: its entry and text, or what stands there instead, null where it is too long to be read. */
export type SegmentLine = { entry: SpoolEntry; text: string } | { damaged: string | null };

/**
 * A segment's lines in the order written, read in portions. A line that is no record costs itself
 * only. One without its line feed was never handed in whole: it counts if it is a record all the
 * same, and is else passed over. Throws like fs.
 */
export function* readSegment(file: string): Generator<SegmentLine> {
  const fd = openToRead(file);
  try {
    const lines = readLines(fd, 0);
    let next = lines.next();
    for (; !next.done; next = lines.next()) {
      if (next.value.text !== "") yield readLine(next.value.text);
    }
    const last = readLine(next.value);
    if ("entry" in last) yield last;
  } finally {
    closeSync(fd);
  }
}

function readLine(text: string | null): SegmentLine {
  const entry = text === null ? null : parseSpoolLine(text);
  return entry && text !== null ? { entry, text } : { damaged: text };
}

/** The non-empty lines; a last one without its line feed counts. */
export function splitLines(content: Buffer): string[] {
  return content.toString("utf8").split("\n").filter(Boolean);
}

/** A line of a segment, without its line feed. */
export function formatSpoolLine(entry: SpoolEntry): string {
  return JSON.stringify({ client: entry.client, record: entry.record });
}

/** The entry of a line; null where it is none. The record's fields are the daemon's to check. */
export function parseSpoolLine(line: string): SpoolEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isSpoolEntry(value) ? value : null;
}

function isSpoolEntry(value: unknown): value is SpoolEntry {
  if (!isObject(value) || !isObject(value.client) || !isObject(value.record)) return false;
  const { name, version, protocol } = value.client;
  const { kind, data } = value.record;
  return (
    typeof name === "string" &&
    typeof version === "string" &&
    (protocol === undefined || typeof protocol === "number") &&
    KINDS_IN_ORDER.includes(kind as Kind) &&
    isObject(data)
  );
}
