import { asBytes, parseBytes } from "@duolog/client/local";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { PrismaClient } from "../generated/client.ts";
import { isDamage, type Loss, toStorageError } from "../storageError.ts";
import { type StoredText, storedHead, storedText } from "./blobs.ts";
import { createPatience } from "./patience.ts";

/** How long SQLite itself waits for another program's lock, ms: short, for it blocks the event loop. */
const BUSY_MS = 50;
/** SQLite's own cache, KiB. */
const CACHE_KB = 4_000;

/** A connection through Prisma, for reading. */
export interface Connection {
  /**
   * Runs a query whose one row has the one column `json`; its `?` is the JSON of `argument`.
   * Rejects with StorageError.
   */
  query<T>(sql: string, argument: unknown): Promise<T>;
  /** The texts of `blobs` by their hashes. Rejects as `query`. */
  readTexts(hashes: string[]): Promise<Map<string, string>>;
  /** As `readTexts`, of each about so many bytes from its beginning. */
  readHeads(hashes: string[], bytes: number): Promise<Map<string, string>>;
  close(): Promise<void>;
}

/** Connects to a migrated database. */
export async function connect(database: string, onLost: (loss: Loss) => void): Promise<Connection> {
  const adapter = new PrismaLibSql({ url: fileUrl(database) }, { timestampFormat: "unixepoch-ms" });
  const prisma = new PrismaClient({ adapter });
  const patience = createPatience();
  const run = async (sql: string, ...values: string[]): Promise<unknown> => {
    const [row] = await prisma.$queryRawUnsafe<{ json: Uint8Array }[]>(asBytes(sql), ...values);
    return row ? parseBytes(row.json) : null;
  };
  await prisma.$queryRawUnsafe(`PRAGMA busy_timeout = ${BUSY_MS}`);
  await prisma.$executeRawUnsafe(`PRAGMA cache_size = -${CACHE_KB}`);
  const orFail = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await patience(read);
    } catch (error) {
      if (isDamage(error)) onLost("damaged");
      throw toStorageError(error);
    }
  };
  return {
    query: <T>(sql: string, argument: unknown) =>
      orFail(async () => (await run(sql, JSON.stringify(argument))) as T),
    readTexts: (hashes) =>
      orFail(async () => {
        const rows = await prisma.$queryRawUnsafe<({ hash: string } & StoredText)[]>(
          TEXTS,
          JSON.stringify(hashes),
        );
        return new Map(rows.flatMap(({ hash, ...stored }) => entryOf(hash, storedText(stored))));
      }),
    readHeads: (hashes, bytes) =>
      orFail(async () => {
        const rows = await prisma.$queryRawUnsafe<({ hash: string } & StoredText)[]>(
          HEADS,
          JSON.stringify(hashes),
          bytes,
        );
        return new Map(
          rows.flatMap(({ hash, ...stored }) => entryOf(hash, storedHead(stored, bytes))),
        );
      }),
    close: () => prisma.$disconnect(),
  };
}

const TEXTS = `SELECT b."hash", CAST(b."text" AS BLOB) AS "text", b."deflated"
  FROM json_each(?) AS wanted CROSS JOIN "blobs" AS b ON b."hash" = wanted.value`;

// What zlib made of a text is hardly ever longer than it: so many bytes of it give as many of the text.
const HEADS = `SELECT b."hash", substr(CAST(b."text" AS BLOB), 1, ?2) AS "text",
    substr(b."deflated", 1, ?2 + 1024) AS "deflated"
  FROM json_each(?1) AS wanted CROSS JOIN "blobs" AS b ON b."hash" = wanted.value`;

function entryOf(hash: string, text: string | null): [string, string][] {
  return text === null ? [] : [[hash, text]];
}

function fileUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}`;
}
