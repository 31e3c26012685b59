// The schema engine's databases: libSQL adapters, made fit for what the engine does with them.
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { EngineError } from "./error.mjs";

/** How long a statement waits for another writer (the daemon), in ms. */
const BUSY_MS = 10_000;

/**
 * The absolute path in a `file:` URL, taken as it is; a relative one counts from the working
 * directory. Throws P1013 for any other URL.
 */
export function databasePath(url) {
  const path = /^file:(?:\/\/(?=\/))?([^?]+)/.exec(url ?? "")?.[1];
  if (!path) throw new EngineError("P1013", "The database URL must start with `file:`.");
  return resolve(path);
}

/** Throws P1003, which makes the CLI create the database where that is wanted. */
export function assertExists(path) {
  if (!existsSync(path)) throw new EngineError("P1003", `Database \`${path}\` does not exist.`);
}

/** Makes an empty database that only its owner may read, as the daemon does. */
export function createDatabase(path) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

/** The WASM engine has no word for a database that Prisma Migrate never touched; no rows is the truth. */
function emptyHistory(error) {
  if (!error.message.includes("no such table: _prisma_migrations")) throw error;
  return { columnNames: [], columnTypes: [], rows: [] };
}

/** A libSQL connection to the file `path`; see `BUSY_MS` and `emptyHistory`. */
export async function connect(path) {
  const escaped = encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23");
  const adapter = await new PrismaLibSql({ url: `file:${escaped}`, timeout: BUSY_MS }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = (query) => queryRaw(query).catch(emptyHistory);
  return adapter;
}

/** The engine runs whole scripts here by executeRaw, of which libSQL runs the first statement only. */
async function connectToShadow(path) {
  const adapter = await connect(path);
  adapter.executeRaw = (query) => adapter.executeScript(query.sql).then(() => 0);
  return adapter;
}

/**
 * What the engine opens for the database file `path`. A missing file is stood in for by an empty
 * scratch database, so that comparing schemas creates nothing. The engine leaves its connections
 * open: they are closed, and the scratch databases removed, when the process exits.
 */
export function adapterFactory(path) {
  const opened = [];
  const keep = async (opening) => {
    const adapter = await opening;
    opened.push(adapter);
    return adapter;
  };
  const scratch = mkdtempSync(join(tmpdir(), "duolog-prisma-"));
  const scratchFile = () => join(scratch, `${opened.length}.db`);
  process.on("exit", () => {
    for (const adapter of opened) adapter.dispose();
    rmSync(scratch, { recursive: true, force: true });
  });
  return bindMigrationAwareSqlAdapterFactory({
    provider: "sqlite",
    adapterName: "@prisma/adapter-libsql",
    connect: () => keep(connect(existsSync(path) ? path : scratchFile())),
    connectToShadowDb: () => keep(connectToShadow(scratchFile())),
  });
}
