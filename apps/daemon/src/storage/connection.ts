import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { PrismaClient } from "./generated/client.ts";
import { LibSqlByReference } from "./libSqlByReference.ts";
import { isBusy, isDamage, StorageError, toStorageError } from "./storageError.ts";

/** How long SQLite itself waits for another program's lock: short, for it blocks the event loop. */
const BUSY_MS = 50;
/** How long another program may hold the file, and how often that is looked at, ms. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 100;

const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -4000;
  PRAGMA busy_timeout = ${BUSY_MS};
`;

/** A connection through Prisma; statements take one JSON text and give one back, or throw StorageError. */
export interface Connection {
  /** Runs a query whose one row has the one column `json`; its `?` is the JSON of `argument`. */
  query<T>(sql: string, argument: unknown): Promise<T>;
  /** Runs a statement that writes; its `?` is the JSON of `argument`. Resolves after the commit. */
  execute(sql: string, argument: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Why the open file is of no use any more: its structure is broken, or its path leads elsewhere. */
export type Loss = "damaged" | "gone";

/** Connects to a migrated database. */
export async function connect(
  database: string,
  onLost: (loss: Loss) => void = () => {},
): Promise<Connection> {
  const adapter = new LibSqlByReference({ url: fileUrl(database) }, SETTINGS);
  const prisma = new PrismaClient({ adapter });
  const { ino } = statSync(database);
  // A lock on writing lets reads pass.
  const patience = { read: createPatience(), write: createPatience() };

  async function withJson<T>(
    kind: "read" | "write",
    argument: unknown,
    run: (reference: string) => Promise<T>,
  ): Promise<T> {
    const reference = adapter.refer(JSON.stringify(argument), kind);
    try {
      return await patience[kind](() => run(reference));
    } catch (error) {
      if (isDamage(error)) onLost("damaged");
      throw toStorageError(error);
    } finally {
      adapter.release(reference);
    }
  }

  /** What was committed to a deleted file is gone with this process: it must not be acknowledged. */
  function checkInPlace(): void {
    if (statSync(database, { throwIfNoEntry: false })?.ino === ino) return;
    onLost("gone");
    throw new StorageError("unavailable", "its file was deleted or replaced");
  }

  return {
    query: (sql, argument) =>
      withJson("read", argument, async (reference) => {
        const [row] = await prisma.$queryRawUnsafe<{ json: string }[]>(sql, reference);
        return JSON.parse(row?.json ?? "null");
      }),
    execute: (sql, argument) =>
      withJson("write", argument, async (reference) => {
        await prisma.$executeRawUnsafe(sql, reference);
        checkInPlace();
      }),
    close: () => prisma.$disconnect(),
  };
}

type Patience = <T>(run: () => Promise<T>) => Promise<T>;

/**
 * Tries again while another program holds the file. The patience is that of all statements
 * together: once it is gone each is tried once, so that nobody waits for the others' waits too.
 */
function createPatience(): Patience {
  let lockedSince: number | null = null;
  return async (run) => {
    for (;;) {
      try {
        const result = await run();
        lockedSince = null;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
        lockedSince ??= performance.now();
        if (performance.now() - lockedSince >= PATIENCE_MS) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  };
}

function fileUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}`;
}
