import { databaseIdentity } from "@duolog/client/local";
import { derivedFileOf, removeDerived } from "../derived/derivedFile.ts";
import type { Connection } from "../record/connection.ts";
import { UsageTotals } from "./usageTotals.ts";

/** The totals of a record. */
export interface UsageStore {
  /** Opens the file, or begins one. Throws as SQLite and fs do. */
  open(): UsageTotals;
  /** Throws the file away, which nobody may have open. Throws like fs. */
  remove(): void;
}

/** The store of an open record; `lastChange` is what its last change was when it was opened. */
export function createUsageStore(
  database: string,
  connection: Connection,
  lastChange: number,
): UsageStore {
  const file = derivedFileOf(database, "usage.db");
  return {
    open() {
      const belonging = { record: databaseIdentity(database) ?? "", lastChange };
      return new UsageTotals(file, belonging, connection);
    },
    remove: () => removeDerived(file),
  };
}
