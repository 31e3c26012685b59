import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { openHistory, opencodePlaces } from "@duolog/opencode-plugin/store";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";
import type { AgentStore } from "./store.ts";

/** Raised whenever the same rows are handed out as more or other records than before. */
const TRANSLATOR_VERSION = 1;

/** What OpenCode keeps. Throws Failure where a file that was named is not there or can't be read. */
export function opencodeStore(
  place: Place,
  env: NodeJS.ProcessEnv,
  named: string | null,
): AgentStore {
  const places = named === null ? opencodePlaces(env) : [resolve(named)];
  if (named !== null && !existsSync(named)) throw new Failure(`there is no file ${places[0]}`);
  const history = openHistory({ places, scratch: place.paths.root, now: Date.now() });
  const missed =
    named === null ? undefined : history.left.find(({ what }) => places.includes(what));
  if (missed) {
    history.close();
    throw new Failure(`${missed.what}: ${missed.reason}`);
  }
  return Object.assign(history, { translator: TRANSLATOR_VERSION });
}
