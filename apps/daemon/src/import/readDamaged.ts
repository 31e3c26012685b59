import { entities, type IngestRecord, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import { fillIn, hashesIn } from "../core/longTexts.ts";
import { observationsOf } from "../core/observations.ts";
import { type DamagedDatabase, openDamagedDatabase } from "../storage/salvage/damagedDatabase.ts";

/**
 * The record of what can still be read of a damaged database, in pages. `copy` may be written to;
 * `migrations` is their directory.
 */
export function* readDamaged(copy: string, migrations: string): Generator<IngestRecord[]> {
  const damaged = openDamagedDatabase(copy, migrations);
  try {
    for (const kind of KINDS_IN_ORDER) yield* readKind(damaged, kind);
  } finally {
    damaged.close();
  }
}

function* readKind<K extends Kind>(damaged: DamagedDatabase, kind: K): Generator<IngestRecord[]> {
  for (const rows of damaged.rows(kind)) {
    fillIn(kind, rows, damaged.readTexts(hashesIn(kind, rows)));
    yield rows.flatMap((row) => observationsOf(entities[kind], row));
  }
}
