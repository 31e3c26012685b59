import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Source } from "@duolog/contract";
import {
  fingerprintOf,
  opencodePlaces,
  openHistory,
  TRANSLATOR_VERSION,
} from "@duolog/opencode-plugin/store";
import { Failure } from "../failure.ts";
import type { Taken } from "../import/importState.ts";
import type { Place } from "../place.ts";
import type { AgentStore } from "./store.ts";

/**
 * What OpenCode keeps; where nothing was written to since it was taken, nothing is opened. Throws Failure
 * where a file or directory that was named can't be read.
 */
export function opencodeStore(
  place: Place,
  env: NodeJS.ProcessEnv,
  named: string | null,
  taken: Taken | null,
): AgentStore {
  if (named !== null) return namedStore(place, resolve(named));
  const places = opencodePlaces(place.paths, env);
  const whole = places.length > 0 ? fingerprintOf(places) : null;
  const isTaken = whole !== null && whole === taken?.whole;
  return isTaken && taken.translator === TRANSLATOR_VERSION
    ? asItWas(taken)
    : openStore(place, places, whole);
}

function namedStore(place: Place, file: string): AgentStore {
  const store = openStore(place, [file], null);
  const missed = store.left.find(({ what }) => what === file);
  if (!missed) return store;
  store.close();
  throw new Failure(`can't read ${file}: ${missed.reason}`);
}

function openStore(place: Place, places: string[], whole: string | null): AgentStore {
  const { root } = place.paths;
  // An import that only looks makes no directory: then what needs a copy is left.
  const scratch = existsSync(root) ? { scratch: root } : {};
  const history = openHistory({ places, now: Date.now(), ...scratch });
  return Object.assign(history, { translator: TRANSLATOR_VERSION, whole });
}

function asItWas({ parts, translator, whole, places, left }: Taken): AgentStore {
  const known = [...parts].map(([id, fingerprint]) => ({ id, fingerprint }));
  return {
    source: Source.opencode,
    translator,
    whole,
    places,
    parts: known.map((part) => ({ ...part, writtenAt: 0, bytes: 0, read: () => [] })),
    left,
    live: () => [],
    namesOf: () => [],
    close() {},
  };
}
