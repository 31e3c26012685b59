import { constants, deflateSync, inflateSync } from "node:zlib";
import { asBytes, parseBytes } from "@duolog/client/local";
import type Database from "libsql";

/** A long text as it is stored; neither text nor `deflated` where nothing of it is kept. */
export interface Blob {
  /** Of the whole text. */
  hash: string;
  /** UTF-8 bytes of the whole text. */
  bytes: number;
  text: string | null;
  /** By zlib (RFC 1950). */
  deflated: Buffer | null;
  isCut: boolean;
}

/** A text that goes into `blobs` where it is not there yet. */
export interface LongText {
  hash: string;
  /** UTF-8 bytes of the whole text. */
  bytes: number;
  /** What is kept of it. */
  kept: string;
  isCut: boolean;
}

/** Above so many bytes a text is compressed. */
const PLAIN_BYTES = 2_048;
/** How zlib compresses it. Measured: lode/performance.md, "Size". */
export const DEFLATE = { level: 3 };

/** The text as it is stored; `deflated` where that was done before. */
export function blobOf({ hash, bytes, kept, isCut }: LongText, deflated?: Buffer): Blob {
  const isPlain = Buffer.byteLength(kept) <= PLAIN_BYTES;
  return {
    hash,
    bytes,
    text: isPlain && kept !== "" ? kept : null,
    deflated: isPlain ? null : (deflated ?? deflateSync(kept, DEFLATE)),
    isCut,
  };
}

/** The texts that lie outside the rows, as a transaction reads and writes them. */
export interface BlobRows {
  /** Of those that are there, whether they were cut. */
  readBlobs(hashes: string[]): Map<string, boolean>;
  /** Adds them; a whole text replaces one that was cut. */
  writeBlobs(blobs: Blob[]): void;
}

const READ = `SELECT json_group_array(json_array(b."hash", b."is_cut")) AS json
  FROM json_each(?) AS wanted CROSS JOIN "blobs" AS b ON b."hash" = wanted.value`;

const WRITE = `INSERT INTO "blobs" ("hash", "bytes", "text", "deflated", "is_cut") VALUES (?, ?, ?, ?, ?)
  ON CONFLICT ("hash") DO UPDATE SET "text" = excluded."text", "deflated" = excluded."deflated", "is_cut" = 0
  WHERE "is_cut" AND NOT excluded."is_cut"`;

export function prepareBlobs(db: Database.Database): BlobRows {
  const read = db.prepare(asBytes(READ));
  const write = db.prepare(WRITE);
  return {
    readBlobs(hashes) {
      const { json } = read.get(JSON.stringify(hashes)) as { json: Buffer };
      const found = parseBytes(json) as [hash: string, isCut: number][];
      return new Map(found.map(([hash, isCut]) => [hash, isCut === 1]));
    },
    writeBlobs(blobs) {
      for (const { hash, bytes, text, deflated, isCut } of blobs) {
        write.run(hash, bytes, text, deflated, Number(isCut));
      }
    },
  };
}

/** What a row of `blobs` holds of its text, as bytes: SQLite lets any into a text (jsonBytes.ts). */
export interface StoredText {
  text: Uint8Array | ArrayBuffer | null;
  deflated: Uint8Array | ArrayBuffer | null;
}

const decoder = new TextDecoder();

/** The text; null where nothing of it is kept, or the disk has damaged what is. */
export function storedText({ text, deflated }: StoredText): string | null {
  if (text) return decoder.decode(text);
  return deflated ? inflated(new Uint8Array(deflated)) : null;
}

function inflated(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(inflateSync(bytes));
  } catch {
    // The rest of the row is to be read all the same.
    return null;
  }
}

/** The beginning of a text of which only the beginning is at hand, up to so many bytes; null as above. */
export function storedHead({ text, deflated }: StoredText, bytes: number): string | null {
  const head = text ? new Uint8Array(text) : deflated && inflatedHead(new Uint8Array(deflated));
  // A character that is cut in two at the end is left out.
  return head && new TextDecoder().decode(head.subarray(0, bytes), { stream: true });
}

function inflatedHead(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}
