import { resolve } from "node:path";
import { Source } from "@duolog/contract";
import type { ImportState } from "../import/importState.ts";
import type { Place } from "../place.ts";
import type { AgentStore, Store } from "./store.ts";

/** Which stores of agents: all that both keep here where nothing is given. */
export interface WantedAgents {
  /** A directory of Claude Code's, a file of OpenCode's; true stands for all places where it keeps them. */
  claudeCode?: string | true;
  opencode?: string | true;
}

/** What is to be imported. */
export interface Wanted extends WantedAgents {
  /** A duolog database. */
  database?: string;
}

/**
 * Opens it, as far as it may have changed; each is to be closed. Throws Failure where something that was
 * named is not there.
 * @param state what was taken before; null to open all
 */
export async function openStores(
  place: Place,
  env: NodeJS.ProcessEnv,
  { database, ...agents }: Wanted,
  state: ImportState | null,
): Promise<Store[]> {
  if (database === undefined) return openAgentStores(place, env, agents, state);
  const { databaseStore } = await import("./database.ts");
  return [databaseStore(place, resolve(database))];
}

/** Opens what agents keep. As openStores. */
export async function openAgentStores(
  place: Place,
  env: NodeJS.ProcessEnv,
  { claudeCode, opencode }: WantedAgents,
  state: ImportState | null = null,
): Promise<AgentStore[]> {
  const isBoth = claudeCode === undefined && opencode === undefined;
  const named = (place: string | true | undefined) => (typeof place === "string" ? place : null);
  const stores: AgentStore[] = [];
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
