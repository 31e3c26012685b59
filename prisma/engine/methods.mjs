// The calls of Prisma's CLI, answered by the WASM engine. Most go through as they are; the rest say
// what the WASM engine does not do by itself.
import { existsSync, readFileSync } from "node:fs";
import { adapterFactory, assertExists, connect, createDatabase, databasePath } from "./adapter.mjs";
import { reset } from "./reset.mjs";
import { SchemaEngine } from "./wasm.mjs";

/** Prisma's own definition; the engine makes it in `applyMigrations` only. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const PASSED_THROUGH = [
  "applyMigrations",
  "devDiagnostic",
  "ensureConnectionValidity",
  "introspect",
  "schemaPush",
  "markMigrationRolledBack",
];

async function withDatabase(path, use) {
  const database = await connect(path);
  try {
    return await use(database);
  } finally {
    await database.dispose();
  }
}

const hasHistory = (path) =>
  withDatabase(path, async (database) => {
    const sql = "SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'";
    return (await database.queryRaw({ sql, args: [], argTypes: [] })).rows.length > 0;
  });

/** The engine, opened when it is first asked for. */
function openOnce(path, datamodels) {
  let opening;
  return () => {
    const files = datamodels?.map((file) => [file, readFileSync(file, "utf8")]);
    opening ??= SchemaEngine.new(
      { datamodels: files },
      (log) => process.stderr.write(`${log.trim()}\n`),
      adapterFactory(path),
    );
    return opening;
  };
}

/**
 * The engine's methods by name, for the database that `url` names and the schema files
 * `datamodels` (undefined where the command has no schema). `print` writes to the CLI's own output.
 * A method throws an Error with one of Prisma's codes in `code`, or without one.
 */
export function createMethods({ url, datamodels, print }) {
  const path = databasePath(url);
  const engine = openOnce(path, datamodels);
  const call = (method) => async (params) => (await (await engine())[method](params)) ?? {};

  /** Without this the engine takes the history for empty: it has replayed no migrations yet. */
  const afterReplay = (method) => async (params) => {
    const { migrationsList, filters } = params;
    await call("diagnoseMigrationHistory")({
      migrationsList,
      filters,
      optInToShadowDatabase: true,
    });
    return call(method)(params);
  };

  return {
    ...Object.fromEntries(PASSED_THROUGH.map((method) => [method, call(method)])),
    evaluateDataLoss: afterReplay("evaluateDataLoss"),
    createMigration: afterReplay("createMigration"),
    getDatabaseVersion: async (params) => (await engine()).version(params),
    dbExecute: async ({ script }) => {
      assertExists(path);
      await withDatabase(path, (database) => database.executeScript(script));
      return {};
    },
    createDatabase: async () => {
      createDatabase(path);
      return { databaseName: path };
    },
    diagnoseMigrationHistory: async (params) => ({
      ...(await call("diagnoseMigrationHistory")(params)),
      hasMigrationsTable: await hasHistory(path),
    }),
    diff: async (params) => {
      const live = [params.from, params.to].some(({ tag }) => tag === "schemaDatasource");
      if (live) assertExists(path);
      const { exitCode, stdout } = await call("diff")(params);
      print(stdout);
      return { exitCode, stdout: null };
    },
    markMigrationApplied: async (params) => {
      await withDatabase(path, (database) => database.executeScript(HISTORY_TABLE));
      return call("markMigrationApplied")(params);
    },
    reset: async () => {
      if (existsSync(path)) await reset(path);
      return {};
    },
  };
}
