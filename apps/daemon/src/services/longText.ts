import { hash as digest } from "node:crypto";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { entities, type IngestRecord } from "@duolog/contract";
import { DEFLATE, type LongText } from "../storage/record/blobs.ts";
import { cut } from "../storage/record/cut.ts";

/**
 * Long texts lie once per content in `blobs`, and a row that holds one points at it by its hash.
 * Measured: lode/performance.md, "Size".
 */

/** Up to so many bytes of UTF-8 a text stays in its row. */
const INLINE_BYTES = 512;
/** Beyond so many bytes only the beginning and the end are kept, unless the user wants all. */
export const KEPT_BYTES = 1024 * 1024;
/** Compressing more than this, UTF-16 units, in one go would hold up everything else. */
const AT_ONCE_LENGTH = 1024 * 1024 + 100;

/** A record whose long texts are taken out of it. */
export interface Outlined {
  record: IngestRecord;
  texts: LongText[];
}

/**
 * Takes the long texts out of a record: their hash and size stand in their place. At most
 * `keptBytes` of each are kept.
 */
export function outline(record: IngestRecord, keptBytes: number): Outlined {
  const { long } = entities[record.kind];
  if (long.length === 0) return { record, texts: [] };
  const data: Record<string, unknown> = { ...record.data };
  const texts: LongText[] = [];
  for (const { text: field, hash, bytes } of long) {
    const text = data[field];
    if (typeof text !== "string" || text === "") continue;
    const size = Buffer.byteLength(text);
    const whole = Math.max(size, Number(data[bytes] ?? 0));
    data[bytes] = whole;
    if (size <= INLINE_BYTES) continue;
    const hashed = hashOf(text);
    data[field] = null;
    data[hash] = hashed;
    const kept = cut(text, keptBytes);
    texts.push({ hash: hashed, bytes: whole, kept, isCut: kept !== text });
  }
  return { record: { kind: record.kind, data } as unknown as IngestRecord, texts };
}

/** Compresses, beside the event loop, those texts that would hold it up, by their hash. */
export async function deflateLarge(texts: LongText[]): Promise<Map<string, Buffer>> {
  const large = texts.filter(({ kept }) => kept.length > AT_ONCE_LENGTH);
  const deflated = large.map(
    async ({ hash, kept }) => [hash, await deflateBeside(kept, DEFLATE)] as const,
  );
  return new Map(await Promise.all(deflated));
}

const deflateBeside = promisify(deflate);

/** The first 128 bits of the SHA-256 of the text's UTF-8, in hex. */
export function hashOf(text: string): string {
  return digest("sha256", text, "hex").slice(0, 32);
}
