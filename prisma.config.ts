import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// Where Prisma's own engine can't be downloaded, and everywhere else alike: prisma/engine.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(
  new URL("prisma/engine/schema-engine.mjs", import.meta.url),
);

/** As `resolveDataDir` in packages/client, which is built from what Prisma generates. */
function dataDir(): string {
  const { DUOLOG_DATA_DIR, XDG_DATA_HOME, HOME } = process.env;
  if (DUOLOG_DATA_DIR) return resolve(DUOLOG_DATA_DIR);
  if (XDG_DATA_HOME?.startsWith("/")) return join(XDG_DATA_HOME, "duolog");
  const inHome = process.platform === "darwin" ? "Library/Application Support" : ".local/share";
  return join(HOME || homedir(), inHome, "duolog");
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL || `file:${join(dataDir(), "duolog.db")}` },
});
