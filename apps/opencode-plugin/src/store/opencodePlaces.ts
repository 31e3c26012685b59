import { existsSync } from "node:fs";
import type { DataPaths } from "@duolog/client/local";
import { notedStores } from "../places/notedStores.ts";
import { storePlaces } from "../places/storePlaces.ts";

/**
 * Where OpenCode keeps its sessions: its data directory and the places that its plugin noted, as far as
 * they are there, and in any case the database that OPENCODE_DB names. Throws like homeOf, and fs.
 */
export function opencodePlaces(paths: DataPaths, env: NodeJS.ProcessEnv): string[] {
  const { directory, named } = storePlaces(env);
  const there = [directory, ...notedStores(paths)].filter((place) => existsSync(place));
  return [...new Set(named === null ? there : [...there, named])];
}
