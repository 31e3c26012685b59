import { type IngestRecord, MAX_FRAME, type Refusal } from "@duolog/contract";

/** Most records of one call, and their bytes; a bigger record goes alone. */
export const BATCH_COUNT = 100;
export const BATCH_BYTES = 1_000_000;
/** So many calls wait for their answers: while the daemon writes one, the next is there already. */
export const BATCHES_IN_FLIGHT = 2;
/** Largest record as JSON: it must fit in a frame with the call around it, bytes. */
export const LARGEST_RECORD = MAX_FRAME - 64 * 1024;

/** Why a record can't be sent. */
export const TOO_BIG = invalid(`the record is larger than ${LARGEST_RECORD} bytes`);
export const NOT_JSON = invalid("the record holds what JSON can't");

function invalid(message: string): Refusal {
  return { code: "INVALID", field: null, message };
}

/** The record's length as JSON in bytes, or why it can't be sent. */
export function measure(record: IngestRecord): number | Refusal {
  try {
    const bytes = Buffer.byteLength(JSON.stringify(record));
    return bytes > LARGEST_RECORD ? TOO_BIG : bytes;
  } catch {
    return NOT_JSON;
  }
}

/** Records of one call and their length as JSON, bytes. */
export interface Batch {
  records: IngestRecord[];
  bytes: number;
}

/** Splits records, given with their bytes, into calls. */
export function batchesOf(records: { record: IngestRecord; bytes: number }[]): Batch[] {
  const batches: Batch[] = [];
  for (const { record, bytes } of records) {
    const last = batches.at(-1);
    if (last && last.records.length < BATCH_COUNT && last.bytes + bytes <= BATCH_BYTES) {
      last.records.push(record);
      last.bytes += bytes;
    } else {
      batches.push({ records: [record], bytes });
    }
  }
  return batches;
}
