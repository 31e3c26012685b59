import { closeSync, fstatSync, openSync, readSync, rmSync } from "node:fs";
import {
  type DataPaths,
  isOwnerAlive,
  listSegments,
  readSegment,
  type SpoolEntry,
  writeRejected,
} from "@duolog/client/local";
import { isFinal, isSpoken, PROTOCOL_VERSION } from "@duolog/contract";
import { ingest, type Ports } from "./ingest.ts";

/** Records per call. */
const CHUNK = 100;

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

async function drainSegment(file: string, options: DrainOptions) {
  const { records, torn } = readSegment(file);
  if (!records.every(({ client }) => isSpoken(protocolOf(client)))) return null;
  const count = { records: records.length, rejected: 0 };
  for (const chunk of chunks(records)) {
    const records = chunk.map(({ record }) => record);
    const results = await ingest(options.ports, records, chunk[0]?.client);
    if (results.some((result) => !result.ok && !isFinal(result.error.code))) return null;
    results.forEach((result, i) => {
      if (result.ok) return;
      const { client, record } = chunk[i] as SpoolEntry;
      count.rejected++;
      writeRejected(options.paths, {
        reason: result.error,
        client: client.name,
        record,
        at: options.now(),
      });
    });
  }
  for (const line of damagedLines(file, torn)) {
    count.rejected++;
    const reason = "a line of the spool that is no record";
    writeRejected(options.paths, { reason, client: "unknown", record: line, at: options.now() });
  }
  return count;
}

/** A last line without its end was never handed in whole: its writer was killed at it. */
function damagedLines(file: string, torn: string[]): string[] {
  return torn.length && !endsWithNewline(file) ? torn.slice(0, -1) : torn;
}

function endsWithNewline(file: string): boolean {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === 0x0a;
  } finally {
    closeSync(fd);
  }
}

/** Up to CHUNK records of one client each, in order. */
function* chunks(records: SpoolEntry[]): Generator<SpoolEntry[]> {
  let chunk: SpoolEntry[] = [];
  for (const entry of records) {
    const first = chunk[0];
    if (first && (chunk.length >= CHUNK || first.client.name !== entry.client.name)) {
      yield chunk;
      chunk = [];
    }
    chunk.push(entry);
  }
  if (chunk.length) yield chunk;
}

/** A client that notes none is from before they were noted. */
function protocolOf(client: SpoolEntry["client"]): number {
  return client.protocol ?? PROTOCOL_VERSION;
}
