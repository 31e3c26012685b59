import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { opencodePlaces, openHistory, TRANSLATOR_VERSION } from "@duolog/opencode-plugin/store";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";
import type { AgentStore } from "./store.ts";

/** What OpenCode keeps. Throws Failure where a file or directory that was named can't be read. */
export function opencodeStore(
  { paths }: Place,
  env: NodeJS.ProcessEnv,
  named: string | null,
): AgentStore {
  const places = named === null ? opencodePlaces(paths, env) : [resolve(named)];
  // Who only looks makes no directory: then what needs a copy is left.
  const scratch = existsSync(paths.root) ? { scratch: paths.root } : {};
  const history = openHistory({ places, now: Date.now(), ...scratch });
  const missed = history.left.find(({ what }) => what === places[0]);
  if (named === null || !missed) return Object.assign(history, { translator: TRANSLATOR_VERSION });
  history.close();
  throw new Failure(`${missed.what}: ${missed.reason}`);
}
