import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";
import { databaseUrl } from "./prisma/engine/databaseUrl.mjs";

// Prisma's own engine would be downloaded from its own site: prisma/engine/schema-engine.mjs.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(
  new URL("prisma/engine/schema-engine.mjs", import.meta.url),
);

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: databaseUrl() },
});
