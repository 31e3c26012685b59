import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { opencodePlaces, openHistory, TRANSLATOR_VERSION } from "@duolog/opencode-plugin/store";
import { Failure } from "../../failure.ts";
import type { Place } from "../../place.ts";
import type { Store } from "./store.ts";

/** What OpenCode keeps. Throws Failure where a file or directory that was named can't be read. */
export function opencodeStore(place: Place, env: NodeJS.ProcessEnv, named: string | null): Store {
  const { root } = place.paths;
  const places = named === null ? opencodePlaces(place.paths, env) : [resolve(named)];
  // An import that only looks makes no directory: then what needs a copy is left.
  const scratch = existsSync(root) ? { scratch: root } : {};
  const history = openHistory({ places, now: Date.now(), ...scratch });
  const missed = history.left.find(({ what }) => what === places[0]);
  if (named === null || !missed) return { ...history, translator: TRANSLATOR_VERSION };
  history.close();
  throw new Failure(`can't read ${missed.what}: ${missed.reason}`);
}
