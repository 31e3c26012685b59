import { TESTED_VERSION } from "@duolog/claude-code-plugin/translate";
import {
  compareVersions,
  databaseIdentity,
  type Heard,
  readHeard,
  unknownTypes,
} from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { knownSessions, type LastHeard, lastHeard } from "@duolog/daemon/storage";
import { testedVersion } from "@duolog/opencode-plugin/store";
import { type Looks, loadLooks, stillMissed } from "../../heal/looks.ts";
import { both, type Missed, missedOf } from "../../heal/missed.ts";
import type { Place } from "../../place.ts";
import { openAgentStores } from "../../stores/openStores.ts";
import type { AgentStore } from "../../stores/store.ts";

/** What was seen of an agent. */
export interface AgentSeen {
  source: Source;
  /** When the record last heard of it, epoch ms; null where it never did. */
  lastHeardAt: number | null;
  /** When its plugin last brought something, epoch ms; null where that was never noted. */
  pluginHeardAt: number | null;
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
  const { paths } = place;
  const unknown = unknownTypes(paths);
  const plugins = readHeard(paths);
  const looks = loadLooks(paths, databaseIdentity(paths.database));
  const stores = await openAgentStores(place, env, {});
  try {
    return stores.map((store) => {
      const { source } = store;
      const heard = lastHeard(paths.database, source);
      return {
        ...seen(source, heard),
        pluginHeardAt: plugins.get(source) ?? null,
        unknownTypes: unknown[source],
        missed: heard && missedIn(place, store, { heard, plugins, looks, now }),
      };
    });
  } finally {
    for (const store of stores) store.close();
  }
}

function seen(
  source: Source,
  heard: LastHeard | null,
): Omit<AgentSeen, "pluginHeardAt" | "unknownTypes" | "missed"> {
  const version = heard?.version ?? null;
  const tested = testedFor(source, version);
  return {
    source,
    lastHeardAt: heard?.at ?? null,
    version,
    testedVersion: tested,
    isUntested: version !== null && compareVersions(version, tested) > 0,
  };
}

function testedFor(source: Source, version: string | null): string {
  return source === Source.claude_code ? TESTED_VERSION : testedVersion(version ?? "");
}

interface Known {
  heard: LastHeard;
  plugins: Heard;
  looks: Looks;
  now: number;
}

/** What the daemon's looks found and took in, and what none has looked at yet. */
function missedIn(
  { paths }: Place,
  { source, parts }: AgentStore,
  { heard, plugins, looks, now }: Known,
): Missed | null {
  const recorded = knownSessions(
    paths.database,
    parts.map(({ id }) => id),
  );
  const heardAt = plugins.get(source) ?? heard.at;
  const left = recorded && missedOf(parts, recorded, heardAt, now);
  return both(stillMissed(looks, source, plugins), left);
}
