import { asBytes, parseBytes } from "@duolog/client/local";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { PrismaClient } from "../generated/client.ts";
import { isDamage, type Loss, toStorageError } from "../storageError.ts";
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
  return {
    async query<T>(sql: string, argument: unknown) {
      try {
        return (await patience(() => run(sql, JSON.stringify(argument)))) as T;
      } catch (error) {
        if (isDamage(error)) onLost("damaged");
        throw toStorageError(error);
      }
    },
    close: () => prisma.$disconnect(),
  };
}

function fileUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}`;
}
