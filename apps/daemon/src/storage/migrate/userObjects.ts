import Database from "libsql";
import { StorageRefusal } from "../storageRefusal.ts";
import type { Migration } from "./migrations.ts";

/** A view, trigger or index, as SQLite keeps it. */
interface SchemaObject {
  type: "view" | "trigger" | "index";
  name: string;
  sql: string;
}

/** In the order in which one may need the other. */
const OBJECTS = `SELECT type, name, sql FROM sqlite_master
  WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL
  ORDER BY type = 'trigger', type = 'view', rowid`;

/**
 * Takes what a user added to the file out of the way of migrations, which could not rename a table
 * that a view or trigger names, and would lose the indexes of one that is made anew. The function
 * that comes back makes it all again, and throws StorageRefusal where that can't be.
 * @param applied the migrations that the file has: what they make is ours
 */
export function takeUserObjects(db: Database.Database, applied: Migration[]): () => void {
  const ours = namesMadeBy(applied);
  const theirs = objectsOf(db).filter(({ name }) => !ours.has(name));
  for (const { type, name } of theirs.toReversed()) {
    db.exec(`DROP ${type} IF EXISTS "${name.replaceAll('"', '""')}"`);
  }
  return () => {
    for (const object of theirs) remake(db, object);
  };
}

/**
 * Throws StorageRefusal where a user's own table refers to messages by an id: ids are unique within
 * a session only, and SQLite then refuses every write to the table that is referred to.
 */
export function refuseUserReferences(db: Database.Database): void {
  const found = db
    .prepare(
      `SELECT m.name FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f
       WHERE m.type = 'table' AND lower(f."table") = 'messages' AND lower(f."to") IS NOT 'key'`,
    )
    .get() as { name: string } | undefined;
  if (!found) return;
  throw new StorageRefusal(
    "foreign",
    `the table ${found.name}, which is not duolog's, refers to messages by their id, which is unique within a session only: make it anew without that REFERENCES and start again`,
  );
}

function remake(db: Database.Database, { type, name, sql }: SchemaObject): void {
  try {
    db.exec(sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageRefusal(
      "foreign",
      `the ${type} ${name} is not duolog's and can't be made again after the upgrade (${reason}): drop it and start again`,
      { cause: error },
    );
  }
}

function objectsOf(db: Database.Database): SchemaObject[] {
  const rows = db.prepare(OBJECTS).all() as SchemaObject[];
  return rows.map(({ type, name, sql }) => ({ type, name, sql }));
}

function namesMadeBy(migrations: Migration[]): Set<string> {
  const db = new Database(":memory:");
  try {
    for (const { sql } of migrations) db.exec(sql);
    return new Set(objectsOf(db).map(({ name }) => name));
  } finally {
    db.close();
  }
}
