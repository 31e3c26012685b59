import { type IngestRecord, type ItemResult, MAX_FRAME, type Refusal } from "@duolog/contract";
import { unavailable } from "./transport/errors.ts";

/** Most records of one call, and their bytes; a bigger record goes alone. */
export const BATCH_COUNT = 100;
export const BATCH_BYTES = 1_000_000;
/** Most calls, and their bytes, that wait for answers: while the daemon writes one, the next is there. */
export const CALLS_IN_FLIGHT = 4;
export const BYTES_IN_FLIGHT = 2 * BATCH_BYTES;
/** Largest record as JSON: it must fit in a frame with the call around it, bytes. */
export const LARGEST_RECORD = MAX_FRAME - 64 * 1024;

/** Why a record can't be sent. */
export const NOT_JSON = invalid(null, "the record holds what JSON can't");

/** What stands for the answer that the daemon did not give. */
export const NO_ANSWER: ItemResult = { ok: false, error: unavailable("no answer to it") };

/** Why a record is refused that no frame has room for; it names its longest field. */
export function tooBig({ data }: IngestRecord): Refusal {
  const lengthOf = (name: string) => JSON.stringify(data[name as keyof typeof data])?.length ?? 0;
  const [field = "id"] = Object.keys(data).sort((a, b) => lengthOf(b) - lengthOf(a));
  return invalid(field, `${field}: the record is larger than ${LARGEST_RECORD} bytes`);
}

function invalid(field: string | null, message: string): Refusal {
  return { code: "INVALID", field, message };
}

/** The record's length as JSON in bytes, or why it can't be sent. */
export function measure(record: IngestRecord): number | Refusal {
  try {
    const bytes = Buffer.byteLength(JSON.stringify(record));
    return bytes > LARGEST_RECORD ? tooBig(record) : bytes;
  } catch {
    return NOT_JSON;
  }
}

/** What is sent in one call, and its length as JSON, bytes. */
export interface Batch<T> {
  items: T[];
  bytes: number;
}

/** Splits what is given with its bytes into calls, no sooner than they are asked for. */
export function* batchesOf<T extends { bytes: number }>(items: Iterable<T>): Generator<Batch<T>> {
  let batch: Batch<T> = { items: [], bytes: 0 };
  for (const item of items) {
    const isFull = batch.items.length === BATCH_COUNT || batch.bytes + item.bytes > BATCH_BYTES;
    if (isFull && batch.items.length > 0) {
      yield batch;
      batch = { items: [], bytes: 0 };
    }
    batch.items.push(item);
    batch.bytes += item.bytes;
  }
  if (batch.items.length > 0) yield batch;
}
