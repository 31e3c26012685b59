import type Database from "libsql";
import { hasLegacyShape } from "./legacyShape.ts";

/** The tables of a file from before migrations were kept, and how their row numbers are written today. */
const ROW_NUMBERS = { sessions: "rowid", messages: "key" };

/**
 * Notes the row numbers of a file from before migrations were kept: a user's search index refers to
 * rows by them, and the tables are made anew, in the order of their rows. The function that comes
 * back gives every row its number again.
 */
export function noteRowNumbers(db: Database.Database): () => void {
  if (!hasLegacyShape(db)) return () => {};
  for (const table of Object.keys(ROW_NUMBERS)) {
    db.exec(`CREATE TEMP TABLE "${table}_numbers" AS
      SELECT rowid AS old, ROW_NUMBER() OVER (ORDER BY rowid) AS new FROM main."${table}"`);
    db.exec(`CREATE INDEX temp."${table}_new" ON "${table}_numbers" (new)`);
  }
  return () => {
    for (const [table, column] of Object.entries(ROW_NUMBERS)) renumber(db, table, column);
  };
}

/** By way of negative numbers, so that none is taken at any moment; rows that are new go behind. */
function renumber(db: Database.Database, table: string, column: string): void {
  const numbers = `temp."${table}_numbers"`;
  const gaps = db.prepare(`SELECT 1 FROM ${numbers} WHERE old <> new LIMIT 1`).get();
  if (gaps) {
    db.exec(`UPDATE main."${table}" SET "${column}" = -COALESCE(
        (SELECT old FROM ${numbers} WHERE new = main."${table}"."${column}"),
        (SELECT MAX(old) FROM ${numbers}) + "${column}")`);
    db.exec(`UPDATE main."${table}" SET "${column}" = -"${column}"`);
  }
  db.exec(`DROP TABLE ${numbers}`);
}
