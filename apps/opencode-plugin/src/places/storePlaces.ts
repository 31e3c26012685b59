import { join, resolve } from "node:path";
import { homeOf } from "@duolog/client/local";

/** Where an OpenCode of this environment keeps its sessions; absolute paths. */
export interface StorePlaces {
  /** Its data directory. */
  directory: string;
  /** The database that OPENCODE_DB names in place of the directory's usual one. */
  named: string | null;
}

/** Nothing need be there. Throws like homeOf. */
export function storePlaces(env: NodeJS.ProcessEnv): StorePlaces {
  const data = env.XDG_DATA_HOME || join(homeOf(env), ".local", "share");
  const directory = resolve(data, "opencode");
  const named = env.OPENCODE_DB;
  return { directory, named: named && named !== ":memory:" ? resolve(directory, named) : null };
}
