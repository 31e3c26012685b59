import { ensureDataDir } from "@duolog/client/local";
import type { Health } from "@duolog/contract/server";
import { type HealOptions, runUntilEnd } from "@duolog/daemon";
import { asFailure, Failure } from "../../failure.ts";
import type { Place } from "../../place.ts";
import { alreadyRunning, greeting } from "./serveTexts.ts";
import { takePlace } from "./takePlace.ts";

/** How `serve` runs the daemon. */
export interface ServeOptions {
  /** Started by a plugin or `duolog start`: says nothing, and ends when nobody needs it. */
  detached: boolean;
  /** DUOLOG_IDLE_MS in it takes the place of IDLE_MS. */
  env: NodeJS.ProcessEnv;
  /** For people; not called when detached. */
  write: (text: string) => void;
}

/** After so long without connections and dead senders' segments a detached daemon ends, ms. */
const IDLE_MS = 600_000;
/** After a start, and after a session's end, the agents' own stores are looked into so much later, ms. */
const HEAL_MS = 15_000;
/** And so often, in times of that. */
const EVERY = 20;
/** The same after what an agent just did. */
const SOON_MS = 1_000;

/**
 * Runs the daemon in this process until a signal, or until it is idle; resolves with the exit code.
 * Throws Failure where it does not start, or the database is damaged or deleted meanwhile.
 */
export async function serve(place: Place, options: ServeOptions): Promise<number> {
  const running = await prepare(place);
  if (running) {
    if (!options.detached) options.write(await alreadyRunning(place, options.env, running));
    return 0;
  }
  const lost = await run(place, options);
  if (lost === null) return 0;
  throw new Failure(`${lost}; start duolog again, or let the plugins do it`);
}

async function prepare(place: Place): Promise<Health | null> {
  try {
    ensureDataDir(place.paths);
    return await takePlace(place);
  } catch (error) {
    throw asFailure(error);
  }
}

/** Resolves when the daemon has ended: with null, or with the reason why it could not go on. */
async function run(place: Place, { detached, env, write }: ServeOptions): Promise<string | null> {
  try {
    return await runUntilEnd({
      ...place,
      idleMs: detached ? Number(env.DUOLOG_IDLE_MS) || IDLE_MS : null,
      heal: healing(place, env),
      async onServing(record) {
        if (!detached) write(await greeting(place, env, record));
      },
    });
  } catch (error) {
    throw asFailure(error);
  }
}

/** DUOLOG_HEAL_MS takes the place of HEAL_MS; 0 means never. */
function healing({ entry }: Place, env: NodeJS.ProcessEnv): HealOptions | null {
  const delayMs = Number(env.DUOLOG_HEAL_MS ?? HEAL_MS);
  return delayMs > 0
    ? {
        args: [entry, "heal"],
        delayMs,
        soonMs: Math.min(delayMs, SOON_MS),
        everyMs: delayMs * EVERY,
      }
    : null;
}
