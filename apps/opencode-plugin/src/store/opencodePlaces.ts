import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeOf } from "@duolog/client/local";

/**
 * Where OpenCode keeps its sessions, as far as the environment tells: its data directory, where there
 * is one, and the database that OPENCODE_DB names (relative: in that directory). Throws like homeOf.
 */
export function opencodePlaces(env: NodeJS.ProcessEnv): string[] {
  const directory = dataDirectory(env);
  const named = env.OPENCODE_DB;
  const places = existsSync(directory) ? [directory] : [];
  return named && named !== ":memory:" ? [...places, resolve(directory, named)] : places;
}

/** OpenCode's data directory, which need not be there. */
function dataDirectory(env: NodeJS.ProcessEnv): string {
  const data = env.XDG_DATA_HOME || join(homeOf(env), ".local", "share");
  return resolve(data, "opencode");
}
