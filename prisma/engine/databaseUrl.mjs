import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** As `resolveDataDir` in packages/client, which is built from what Prisma generates. */
function dataDir() {
  const { DUOLOG_DATA_DIR, XDG_DATA_HOME, HOME } = process.env;
  if (DUOLOG_DATA_DIR) return resolve(DUOLOG_DATA_DIR);
  if (XDG_DATA_HOME?.startsWith("/")) return join(XDG_DATA_HOME, "duolog");
  const inHome = process.platform === "darwin" ? "Library/Application Support" : ".local/share";
  return join(HOME || homedir(), inHome, "duolog");
}

/**
 * The database of Prisma's tools: DATABASE_URL, else the daemon's. `file://` and an absolute path,
 * nothing escaped: the one form that all of them take, Studio included.
 */
export function databaseUrl() {
  return process.env.DATABASE_URL || `file://${join(dataDir(), "duolog.db")}`;
}
