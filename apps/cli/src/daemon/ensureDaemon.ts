import { setTimeout } from "node:timers/promises";
import {
  compareVersions,
  ensureDataDir,
  runtimeOf,
  startDaemon,
  writeRuntime,
} from "@duolog/client/local";
import type { Health } from "@duolog/contract/server";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";
import { probe } from "./rpc.ts";
import { stopDaemon } from "./stopDaemon.ts";

/** How long a start may take, ms: the old daemon's end, a backup and a migration among it. */
const START_MS = 20_000;
const POLL_MS = 50;

/**
 * The daemon that runs, as new as this program or newer; starts it in the background where there
 * is none or an older one. Throws Failure where it does not come.
 */
export async function ensureDaemon(
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<{ health: Health; started: boolean }> {
  const running = await probe(place);
  if (running && !isOlder(running, place)) return { health: running, started: false };
  ensureDataDir(place.paths);
  const { paths, entry, version } = place;
  // First, so that a plugin that finds the old daemon gone starts this version.
  writeRuntime(paths, runtimeOf(paths, entry, version));
  if (running) await stopDaemon(running.pid);
  for (
    const deadline = performance.now() + START_MS;
    performance.now() < deadline;
    await setTimeout(POLL_MS)
  ) {
    startDaemon(paths, env);
    const health = await probe(place);
    if (health && !isOlder(health, place)) return { health, started: true };
  }
  throw new Failure("the daemon does not start; `duolog serve` shows why");
}

function isOlder(health: Health, place: Place): boolean {
  return compareVersions(place.version, health.version) > 0;
}
