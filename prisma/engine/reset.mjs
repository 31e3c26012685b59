// Empties a database. The WASM engine's own reset leaves everything in place, and deleting the
// file would take it from under a running daemon, whose rows would then go nowhere.
import { connect } from "./adapter.mjs";

const quote = (name) => `"${name.replaceAll('"', '""')}"`;

/** Virtual tables first: they take their shadow tables with them. */
const OBJECTS = `
  SELECT type, name FROM sqlite_master
  WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY type = 'view' DESC, sql LIKE 'CREATE VIRTUAL%' DESC`;

/** Drops every table and view of the database `path`, in one transaction. */
export async function reset(path) {
  const database = await connect(path);
  try {
    const { rows } = await database.queryRaw({ sql: OBJECTS, args: [], argTypes: [] });
    const drops = rows.map(([type, name]) => `DROP ${type} IF EXISTS ${quote(name)};`);
    const script = ["PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;", ...drops, "COMMIT; VACUUM;"];
    await database.executeScript(script.join("\n"));
  } finally {
    await database.dispose();
  }
}
