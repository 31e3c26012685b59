import { hash as digest } from "node:crypto";
import { promisify } from "node:util";
import { deflate, deflateSync } from "node:zlib";
import { entities, type IngestRecord } from "@duolog/contract";
import type { Blob } from "../storage/record/blobs.ts";

/**
 * Long texts lie once per content in `blobs`, and a row that holds one points at it by its hash.
 * Measured: lode/performance.md, "Size".
 */

/** Up to so many bytes of UTF-8 a text stays in its row. */
const INLINE_BYTES = 512;
/** Above so many bytes a text is compressed. */
const PLAIN_BYTES = 2_048;
/** Beyond so many bytes only the beginning and the end are kept, unless the user wants all. */
export const KEPT_BYTES = 1024 * 1024;
const LEVEL = { level: 3 };
/** Compressing more than this, UTF-16 units, in one go would hold up everything else. */
const AT_ONCE_LENGTH = 1024 * 1024 + 100;

/** A text that goes into `blobs` where it is not there yet. */
export interface LongText {
  hash: string;
  /** UTF-8 bytes of the whole text. */
  bytes: number;
  /** What is kept of it. */
  kept: string;
  isCut: boolean;
}

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

/** The text as it is stored; `deflated` where that was done before. */
export function blobOf({ hash, bytes, kept, isCut }: LongText, deflated?: Buffer): Blob {
  const isPlain = Buffer.byteLength(kept) <= PLAIN_BYTES;
  return {
    hash,
    bytes,
    text: isPlain && kept !== "" ? kept : null,
    deflated: isPlain ? null : (deflated ?? deflateSync(kept, LEVEL)),
    isCut,
  };
}

/** Compresses, beside the event loop, those texts that would hold it up, by their hash. */
export async function deflateLarge(texts: LongText[]): Promise<Map<string, Buffer>> {
  const large = texts.filter(({ kept }) => kept.length > AT_ONCE_LENGTH);
  const deflated = large.map(
    async ({ hash, kept }) => [hash, await deflateBeside(kept, LEVEL)] as const,
  );
  return new Map(await Promise.all(deflated));
}

const deflateBeside = promisify(deflate);

/** The first 128 bits of the SHA-256 of the text's UTF-8, in hex. */
export function hashOf(text: string): string {
  return digest("sha256", text, "hex").slice(0, 32);
}

/** Where something was left out of a text. */
const GAP = "\n\n[… cut …]\n\n";

/** The text, or three quarters of `keptBytes` of its beginning and one of its end; nothing for 0. */
export function cut(text: string, keptBytes: number): string {
  if (keptBytes === 0) return "";
  if (Buffer.byteLength(text) <= keptBytes) return text;
  const bytes = Buffer.from(text);
  const head = Math.floor(keptBytes * 0.75);
  const tail = bytes.length - (keptBytes - head);
  return (
    bytes.toString("utf8", 0, characterAt(bytes, head)) +
    GAP +
    bytes.toString("utf8", characterAt(bytes, tail))
  );
}

/** The beginning of the character of which a byte is a part: in UTF-8 the others are 10xxxxxx. */
function characterAt(bytes: Buffer, place: number): number {
  let start = place;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
