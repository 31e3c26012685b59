import type Database from "libsql";
import { hasLegacyShape } from "./legacyShape.ts";

/**
 * Gives an id to rows of a file from before migrations were kept that have none, where the one that
 * 0002 gives them, `legacy-<row number>`, is another row's. That table did not rule out either.
 */
export function settleMissingIds(db: Database.Database): void {
  if (!hasLegacyShape(db)) return;
  for (const table of ["sessions", "messages"]) {
    db.exec(`UPDATE "${table}" SET "id" = 'legacy-' || rowid || '-' || lower(hex(randomblob(8)))
      WHERE "id" IS NULL AND EXISTS (
        SELECT 1 FROM "${table}" AS other WHERE other."id" = 'legacy-' || "${table}".rowid
      )`);
  }
}
