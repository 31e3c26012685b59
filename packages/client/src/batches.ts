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

/** Of a UTF-16 unit JSON makes so many bytes at most. */
const MOST_BYTES = 6;
/** What JSON has besides the characters of a field's name and text: quotes, colon, comma; or a number. */
const AROUND = 8;

/**
 * How long the record is as JSON, bytes, or why it can't be sent. Of a short one that is no more than
 * the length of its texts: to make JSON of each for its length alone takes as long as to send it.
 */
export function measure(record: IngestRecord): number | Refusal {
  const length = lengthOf(record.data);
  if (length !== null && length * MOST_BYTES <= LARGEST_RECORD) return length;
  try {
    const bytes = Buffer.byteLength(JSON.stringify(record));
    return bytes > LARGEST_RECORD ? tooBig(record) : bytes;
  } catch {
    return NOT_JSON;
  }
}

/** UTF-16 units; null where a value is none that a column holds. */
function lengthOf(data: IngestRecord["data"]): number | null {
  let length = 0;
  for (const name in data) {
    const value: unknown = data[name as keyof typeof data];
    if (typeof value === "string") length += value.length;
    else if (value != null && typeof value !== "number" && typeof value !== "boolean") return null;
    length += name.length + AROUND;
  }
  return length;
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
