import { TESTED_VERSION } from "@duolog/claude-code-plugin/translate";
import { compareVersions, unknownTypes } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { knownSessions, type LastHeard, lastHeard } from "@duolog/daemon/storage";
import { testedVersion } from "@duolog/opencode-plugin/store";
import type { Place } from "../../place.ts";
import { openAgentStores } from "../../stores/openStores.ts";
import type { AgentStore } from "../../stores/store.ts";
import { type Missed, missedOf } from "./missed.ts";

/** What was seen of an agent. */
export interface AgentSeen {
  source: Source;
  /** When the record last heard of it, epoch ms; null where it never did. */
  lastHeardAt: number | null;
  /** Its version then. */
  version: string | null;
  /** Up to which version it was tested. */
  testedVersion: string;
  /** True where the version is a newer one. */
  isUntested: boolean;
  /** Types of its events, lines or entries that are not known. */
  unknownTypes: string[];
  /** What it wrote since, and live capture did not bring; null where nothing is missed. */
  missed: Missed | null;
}

/** What was seen of each agent. Throws Failure where its store can't be read, and like fs. */
export async function agentsSeen(
  place: Place,
  env: NodeJS.ProcessEnv,
  now: number,
): Promise<AgentSeen[]> {
  const unknown = unknownTypes(place.paths);
  const stores = await openAgentStores(place, env, {});
  try {
    return stores.map((store) => {
      const heard = lastHeard(place.paths.database, store.source);
      const missed = heard && missedIn(place, store, heard, now);
      return seen(store.source, heard, unknown[store.source], missed);
    });
  } finally {
    for (const store of stores) store.close();
  }
}

function seen(
  source: Source,
  heard: LastHeard | null,
  types: string[],
  missed: Missed | null,
): AgentSeen {
  const version = heard?.version ?? null;
  const tested = testedFor(source, version);
  return {
    source,
    lastHeardAt: heard?.at ?? null,
    version,
    testedVersion: tested,
    isUntested: version !== null && compareVersions(version, tested) > 0,
    unknownTypes: types,
    missed,
  };
}

function testedFor(source: Source, version: string | null): string {
  return source === Source.claude_code ? TESTED_VERSION : testedVersion(version ?? "");
}

function missedIn(place: Place, store: AgentStore, heard: LastHeard, now: number): Missed | null {
  const ids = store.parts.map(({ id }) => id);
  const recorded = knownSessions(place.paths.database, ids);
  return recorded && missedOf(store.parts, recorded, heard.at, now);
}
