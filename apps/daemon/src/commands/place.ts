import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataPaths, dataPaths, resolveDataDir } from "@duolog/client/local";
import { ownVersion } from "../version.ts";

/** Where this program lies and where its data is. */
export interface Place {
  paths: DataPaths;
  version: string;
  /** bin/duolog.js. */
  entry: string;
  migrations: string;
  /** What agents load. */
  plugins: { opencode: string; claudeCode: string };
}

/** All chunks of the bundle lie in dist/, with the migrations beside them. */
const DIST = dirname(fileURLToPath(import.meta.url));

/** Where this very program lies; the data directory is the one that `env` names. */
export function findPlace(env: NodeJS.ProcessEnv = process.env): Place {
  const apps = resolve(DIST, "..", "..");
  return {
    paths: dataPaths(resolveDataDir(env)),
    version: ownVersion(),
    entry: resolve(DIST, "..", "bin", "duolog.js"),
    migrations: join(DIST, "migrations"),
    plugins: {
      opencode: join(apps, "opencode-plugin"),
      claudeCode: join(apps, "claude-code-plugin"),
    },
  };
}
