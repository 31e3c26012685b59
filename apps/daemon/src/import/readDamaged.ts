import type { IngestRecord } from "@duolog/contract";
import { observationsOfMessage, observationsOfSession } from "../core/observations.ts";
import { openDamagedDatabase } from "../storage/salvage/damagedDatabase.ts";

/**
 * The record of what can still be read of a damaged database, in pages. `copy` may be written to;
 * `migrations` is their directory.
 */
export function* readDamaged(copy: string, migrations: string): Generator<IngestRecord[]> {
  const damaged = openDamagedDatabase(copy, migrations);
  try {
    for (const rows of damaged.sessions()) yield rows.flatMap(observationsOfSession);
    for (const rows of damaged.messages()) yield rows.flatMap(observationsOfMessage);
  } finally {
    damaged.close();
  }
}
