import { type Batches, createBatches } from "./batches.ts";
import { connect, type Loss } from "./connection.ts";
import { type MigrateOptions, type MigrateResult, migrate } from "./migrate/migrate.ts";
import { createReads, type Reads } from "./reads.ts";

export interface OpenOptions extends MigrateOptions {
  /** Told when the open file turns out to be damaged, or not to be there any more. */
  onLost?: (loss: Loss) => void;
}

/** The open database. */
export interface Storage extends Batches, Reads {
  /** What opening it changed. */
  migrated: MigrateResult;
  close(): Promise<void>;
}

/**
 * Migrates the database and connects to it.
 * Throws StorageRefusal, and changes nothing, where it can't or must not.
 */
export async function openStorage(options: OpenOptions): Promise<Storage> {
  const migrated = migrate(options);
  const connection = await connect(options.database, options.onLost);
  return {
    ...createBatches(connection),
    ...createReads(connection),
    migrated,
    close: () => connection.close(),
  };
}
