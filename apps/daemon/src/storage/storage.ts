import { type MigrateOptions, type MigrateResult, migrate } from "./migrate/migrate.ts";
import { connect } from "./record/connection.ts";
import { createReads, type Reads } from "./record/reads.ts";
import { FileWriter, type Writer } from "./record/writer.ts";
import { createSearchStore, type SearchStore } from "./search/searchStore.ts";
import { type Loss, NOT_UNDERSTOOD, sqliteCode } from "./storageError.ts";
import { StorageRefusal } from "./storageRefusal.ts";
import { createUsageStore, type UsageStore } from "./usage/usageStore.ts";

/** What `migrate` takes, and who is told of a loss. */
export interface OpenOptions extends MigrateOptions {
  /** Told when the open file turns out to be damaged, or not to be there any more. */
  onLost?: (loss: Loss) => void;
}

/**
 * Throws StorageRefusal where SQLite does not understand what reads and writes: then the text of the
 * schema is damaged, which no check of SQLite's finds. Resolves with the number of the last change.
 */
async function checkStatements(writer: Writer, database: string): Promise<number> {
  try {
    return await writer.lastChange();
  } catch (error) {
    if (sqliteCode((error as Error).cause) !== NOT_UNDERSTOOD) throw error;
    throw new StorageRefusal("damaged", `the schema of ${database} is damaged`, { cause: error });
  }
}

/** The open database. */
export interface Storage extends Writer, Reads {
  /** What opening it changed. */
  migrated: MigrateResult;
  search: SearchStore;
  usage: UsageStore;
  /** Closes both connections; the writing one, where it was used, after a checkpoint. */
  close(): Promise<void>;
}

/**
 * Migrates the database and connects to it.
 * Throws StorageRefusal, and changes nothing, where it can't or must not.
 */
export async function openStorage(options: OpenOptions): Promise<Storage> {
  const migrated = migrate(options);
  const { database, onLost = () => {} } = options;
  const writer = new FileWriter(database, onLost);
  const lastChange = await checkStatements(writer, database);
  const connection = await connect(database, (loss) => writer.lose(loss));
  return {
    transaction: (work) => writer.transaction(work),
    lastChange: () => writer.lastChange(),
    checkPlace: () => writer.checkPlace(),
    ...createReads(connection),
    migrated,
    search: createSearchStore(database, connection, lastChange),
    usage: createUsageStore(database, connection, lastChange),
    async close() {
      await connection.close();
      writer.close();
    },
  };
}
