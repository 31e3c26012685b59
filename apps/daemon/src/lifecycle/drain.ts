import { rmSync } from "node:fs";
import {
  type DataPaths,
  isOwnerAlive,
  listSegments,
  readSegment,
  type SegmentLine,
  type SpoolEntry,
  writeRejected,
} from "@duolog/client/local";
import { isFinal, isSpoken, PROTOCOL_VERSION } from "@duolog/contract";
import { ingest, type Ports } from "./ingest.ts";

/** Records per call, and the bytes at which it takes no more. */
const CHUNK = 100;
const CHUNK_BYTES = 4_000_000;

/** Whose spool is drained, and by which ports. */
export interface DrainOptions {
  paths: DataPaths;
  ports: Ports;
  /** Epoch ms. */
  now: () => number;
}

/** Segments removed, the records in them, and what went to `rejected/`, damaged lines among it. */
export interface Drained {
  segments: number;
  records: number;
  rejected: number;
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
  const total: Drained = { segments: 0, records: 0, rejected: 0, left: 0 };
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
}

/** Null where the segment has to stay. */
async function drainSegment(file: string, options: DrainOptions) {
  const count = { records: 0, rejected: 0 };
  for (const { entries, damaged } of portions(readSegment(file))) {
    if (!entries.every(({ client }) => isSpoken(protocolOf(client)))) return null;
    const rejected = await record(entries, options);
    if (rejected === null) return null;
    for (const line of damaged) rejectLine(line, options);
    count.records += entries.length;
    count.rejected += rejected + damaged.length;
  }
  return count;
}

/** How many were refused for good; null where the database can't be used now. */
async function record(entries: SpoolEntry[], options: DrainOptions): Promise<number | null> {
  const results = await ingest(
    options.ports,
    entries.map(({ record }) => record),
    entries[0]?.client,
  );
  if (results.some((result) => !result.ok && !isFinal(result.error.code))) return null;
  let rejected = 0;
  results.forEach((result, i) => {
    if (result.ok) return;
    const { client, record } = entries[i] as SpoolEntry;
    rejected++;
    const reason = result.error;
    writeRejected(options.paths, { reason, client: client.name, record, at: options.now() });
  });
  return rejected;
}

function rejectLine(line: string | null, { paths, now }: DrainOptions): void {
  const reason =
    line === null
      ? "a line of the spool that is too long"
      : "a line of the spool that is no record";
  writeRejected(paths, { reason, client: "unknown", record: line, at: now() });
}

interface Portion {
  entries: SpoolEntry[];
  damaged: (string | null)[];
}

/** The lines in order, up to CHUNK records of one client and about CHUNK_BYTES at a time. */
function* portions(lines: Iterable<SegmentLine>): Generator<Portion> {
  let portion: Portion = { entries: [], damaged: [] };
  let size = 0;
  for (const line of lines) {
    const first = portion.entries[0];
    const isOther = first && "entry" in line && first.client.name !== line.entry.client.name;
    if (isOther || portion.entries.length >= CHUNK || size >= CHUNK_BYTES) {
      yield portion;
      portion = { entries: [], damaged: [] };
      size = 0;
    }
    if ("entry" in line) {
      portion.entries.push(line.entry);
      size += line.bytes;
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
