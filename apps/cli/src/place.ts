import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataPaths, dataPaths, resolveDataDir } from "@duolog/client/local";
import { Failure } from "./failure.ts";
import { ownVersion } from "./version.ts";

/** Where this program lies and where its data is. */
export interface Place {
  /** Throws Failure where no directory is named and the user has no home. */
  readonly paths: DataPaths;
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
    get paths() {
      return pathsOf(env);
    },
    version: ownVersion(),
    entry: resolve(DIST, "..", "bin", "duolog.js"),
    migrations: join(DIST, "migrations"),
    plugins: {
      opencode: join(apps, "opencode-plugin"),
      claudeCode: join(apps, "claude-code-plugin"),
    },
  };
}

function pathsOf(env: NodeJS.ProcessEnv): DataPaths {
  try {
    return dataPaths(resolveDataDir(env));
  } catch (cause) {
    throw new Failure("no home directory is known: set HOME or DUOLOG_DATA_DIR", { cause });
  }
}
