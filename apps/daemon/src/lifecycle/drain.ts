import { rmSync } from "node:fs";
import {
  type DataPaths,
  isOwnerAlive,
  listSegments,
  type RejectedEntry,
  readSegment,
  type SegmentLine,
  type SpoolEntry,
  writeRejected,
} from "@duolog/client/local";
import { isFinal, isSpoken, PROTOCOL_VERSION } from "@duolog/contract";
import { ingest, type Ports } from "./ingest.ts";

/** Records per call, and the UTF-16 units at which it takes no more. */
const CHUNK = 100;
const CHUNK_UNITS = 4_000_000;

/** Whose spool is drained, and by which ports. */
export interface DrainOptions {
  paths: DataPaths;
  ports: Ports;
  /** Epoch ms. */
  now: () => number;
}

/** Segments removed, the records in them, and what is for `rejected/`, damaged lines among it. */
export interface Drained {
  segments: number;
  records: number;
  rejected: number;
  /** How many of these are gone, as `rejected/` is full. */
  unkept: number;
  /** Segments that stay: the database can't be used now, or a newer client wrote them. */
  left: number;
}

/** Segments whose owners are dead: nobody else will send them. */
export function deadSegments(paths: DataPaths): string[] {
  return listSegments(paths).filter((file) => !isOwnerAlive(file));
}

/**
 * Records the segments of dead owners and removes them. What is refused for good goes to
 * `rejected/`; a segment that can't be recorded now stays as it is, for a repeat does no harm. So
 * does one of a protocol that this daemon does not speak, until one comes that does.
 * Throws the first error of the file system, after all segments had their turn.
 */
export async function drainSpool(options: DrainOptions): Promise<Drained> {
  const total: Drained = { segments: 0, records: 0, rejected: 0, unkept: 0, left: 0 };
  const failures: unknown[] = [];
  for (const file of deadSegments(options.paths)) {
    try {
      await drainInto(total, file, options);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length) throw failures[0];
  return total;
}

async function drainInto(total: Drained, file: string, options: DrainOptions): Promise<void> {
  const drained = await drainSegment(file, options);
  if (drained === null) {
    total.left++;
    return;
  }
  rmSync(file, { force: true });
  total.segments++;
  total.records += drained.records;
  total.rejected += drained.rejected;
  total.unkept += drained.unkept;
}

/** Null where the segment has to stay. */
async function drainSegment(file: string, options: DrainOptions) {
  const count = { records: 0, rejected: 0, unkept: 0 };
  for (const { lines, damaged } of portions(readSegment(file))) {
    if (!lines.every(({ entry }) => isSpoken(protocolOf(entry.client)))) return null;
    const refused = await record(lines, options);
    if (refused === null) return null;
    const rejected = [...refused, ...damaged.map((line) => damagedEntry(line, options))];
    const kept = rejected.filter((entry) => writeRejected(options.paths, entry));
    count.records += lines.length;
    count.rejected += rejected.length;
    count.unkept += rejected.length - kept.length;
  }
  return count;
}

/** What was refused for good; null where the database can't be used now. */
async function record(lines: Line[], { ports, now }: DrainOptions) {
  const records = lines.map(({ entry }) => entry.record);
  const results = await ingest(ports, records, lines[0]?.entry.client);
  if (results.some((result) => !result.ok && !isFinal(result.error.code))) return null;
  return results.flatMap((result, i): RejectedEntry[] => {
    if (result.ok) return [];
    const { entry, text } = lines[i] as Line;
    const { client, record } = entry;
    return [{ reason: result.error, client: client.name, record, text, at: now() }];
  });
}

function damagedEntry(line: string | null, { now }: DrainOptions): RejectedEntry {
  const reason =
    line === null
      ? "a line of the spool that is too long"
      : "a line of the spool that is no record";
  return { reason, client: "unknown", record: line, at: now() };
}

type Line = Extract<SegmentLine, { entry: SpoolEntry }>;

interface Portion {
  lines: Line[];
  damaged: (string | null)[];
}

/** The lines in order, up to CHUNK records of one client and about CHUNK_UNITS at a time. */
function* portions(segment: Iterable<SegmentLine>): Generator<Portion> {
  let portion: Portion = { lines: [], damaged: [] };
  let size = 0;
  for (const line of segment) {
    const client = portion.lines[0]?.entry.client;
    const isOther = client && "entry" in line && client.name !== line.entry.client.name;
    if (isOther || portion.lines.length >= CHUNK || size >= CHUNK_UNITS) {
      yield portion;
      portion = { lines: [], damaged: [] };
      size = 0;
    }
    if ("entry" in line) {
      portion.lines.push(line);
      size += line.text.length;
    } else {
      portion.damaged.push(line.damaged);
      size += line.damaged?.length ?? 0;
    }
  }
  yield portion;
}

/** A client that notes none is from before they were noted. */
function protocolOf(client: SpoolEntry["client"]): number {
  return client.protocol ?? PROTOCOL_VERSION;
}
