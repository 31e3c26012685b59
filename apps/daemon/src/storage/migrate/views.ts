import type Database from "libsql";

/**
 * Takes a user's own views out of the way of a migration, which could not rename a table that one
 * names, and returns the statements that make them again.
 */
export function takeViews(db: Database.Database): string[] {
  const views = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'view'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of views) db.exec(`DROP VIEW "${name.replaceAll('"', '""')}"`);
  return views.map(({ sql }) => sql);
}
