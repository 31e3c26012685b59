import { resolve } from "node:path";
import { Source } from "@duolog/contract";
import type { Place } from "../../place.ts";
import type { ImportState } from "../importState.ts";
import type { Store } from "./store.ts";

/** What is to be imported: all that both agents keep here where nothing is given. */
export interface Wanted {
  /** A duolog database. */
  database?: string;
  /** A directory of Claude Code's, a file of OpenCode's; true stands for all places where it keeps them. */
  claudeCode?: string | true;
  opencode?: string | true;
}

/**
 * Opens it, as far as it may have changed; each is to be closed. Throws Failure where something that was
 * named is not there.
 * @param state what was taken before; null to open all
 */
export async function openStores(
  place: Place,
  env: NodeJS.ProcessEnv,
  { database, claudeCode, opencode }: Wanted,
  state: ImportState | null,
): Promise<Store[]> {
  if (database !== undefined) {
    const { databaseStore } = await import("./database.ts");
    return [databaseStore(place, resolve(database))];
  }
  const isBoth = claudeCode === undefined && opencode === undefined;
  const named = (place: string | true | undefined) => (typeof place === "string" ? place : null);
  const stores: Store[] = [];
  if (isBoth || claudeCode !== undefined) {
    const { claudeCodeStore } = await import("./claudeCode.ts");
    stores.push(claudeCodeStore(place, env, named(claudeCode)));
  }
  if (isBoth || opencode !== undefined) {
    const { opencodeStore } = await import("./opencode.ts");
    const taken = state?.agents.get(Source.opencode) ?? null;
    stores.push(opencodeStore(place, env, named(opencode), taken));
  }
  return stores;
}
