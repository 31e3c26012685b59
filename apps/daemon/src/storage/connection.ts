import { setTimeout } from "node:timers/promises";
import { PrismaClient } from "./generated/client.ts";
import { LibSqlByReference } from "./libSqlByReference.ts";
import { isBusy, toStorageError } from "./storageError.ts";

/** How long SQLite itself waits for another program's lock: short, for it blocks the event loop. */
const BUSY_MS = 50;
/** How long and how often a statement is tried again after that, ms. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 100;

const SETTINGS = [
  "synchronous = FULL",
  "foreign_keys = ON",
  "cache_size = -16000",
  `busy_timeout = ${BUSY_MS}`,
];

/** A connection through Prisma; statements take one JSON text and give one back, or throw StorageError. */
export interface Connection {
  /** Runs a query whose one row has the one column `json`; its `?` is the JSON of `argument`. */
  query<T>(sql: string, argument: unknown): Promise<T>;
  /** Runs a statement that writes; its `?` is the JSON of `argument`. Resolves after the commit. */
  execute(sql: string, argument: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Connects to a migrated database. */
export async function connect(database: string): Promise<Connection> {
  const adapter = new LibSqlByReference(
    { url: fileUrl(database) },
    { timestampFormat: "unixepoch-ms" },
  );
  const prisma = new PrismaClient({ adapter });
  for (const setting of SETTINGS) await prisma.$queryRawUnsafe(`PRAGMA ${setting}`);

  async function withJson<T>(argument: unknown, run: (reference: string) => Promise<T>) {
    const reference = adapter.refer(JSON.stringify(argument));
    try {
      return await patiently(() => run(reference));
    } finally {
      adapter.release(reference);
    }
  }

  return {
    query: (sql, argument) =>
      withJson(argument, async (reference) => {
        const [row] = await prisma.$queryRawUnsafe<{ json: string }[]>(sql, reference);
        return JSON.parse(row?.json ?? "null");
      }),
    execute: (sql, argument) =>
      withJson(argument, async (reference) => {
        await prisma.$executeRawUnsafe(sql, reference);
      }),
    close: () => prisma.$disconnect(),
  };
}

/** Tries again while another program holds the file. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw toStorageError(error);
      await setTimeout(RETRY_MS);
    }
  }
}

function fileUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}`;
}
