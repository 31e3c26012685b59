import { databaseIdentity } from "@duolog/client/local";
import { knownSessions } from "@duolog/daemon/storage";
import { isTold } from "../failure.ts";
import { type ImportState, loadImportState } from "../import/importState.ts";
import { NAMES } from "../import/report.ts";
import { count } from "../output/text.ts";
import type { Place } from "../place.ts";
import { openStores } from "../stores/openStores.ts";
import type { Store } from "../stores/store.ts";

/** A line for a person where agents keep sessions that the record has not, else none. Reads no content. */
export async function historyHint(place: Place, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return hintOf(await missingSessions(place, env));
  } catch (error) {
    if (!isTold(error)) throw error;
    return `History   what agents keep can't be looked into: ${error.message}\n`;
  }
}

function hintOf(missing: [agent: string, sessions: number][]): string {
  if (missing.length === 0) return "";
  const told = missing.map(([agent, sessions]) => `${count(sessions, "session")} of ${agent}`);
  return `History   not in the record: ${told.join(" and ")}; \`npx duolog import\` takes them over\n`;
}

async function missingSessions(place: Place, env: NodeJS.ProcessEnv): Promise<[string, number][]> {
  const { database } = place.paths;
  const state = loadImportState(place.paths, databaseIdentity(database));
  const stores = await openStores(place, env, {}, state);
  try {
    return stores.flatMap((store): [string, number][] => {
      const ids = untaken(store, state);
      const known = ids.length > 0 ? knownSessions(database, ids) : null;
      const missing = ids.filter((id) => !known?.has(id)).length;
      return store.source !== null && missing > 0 ? [[NAMES[store.source], missing]] : [];
    });
  } finally {
    for (const store of stores) store.close();
  }
}

/** The sessions that no import has taken; a file of several sessions' is none. */
function untaken({ source, parts }: Store, state: ImportState | null): string[] {
  const taken = source === null ? undefined : state?.agents.get(source)?.parts;
  return parts.map(({ id }) => id).filter((id) => !taken?.has(id) && !id.includes("/"));
}
