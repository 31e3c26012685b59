import { setTimeout } from "node:timers/promises";
import type { Health } from "@duolog/contract/server";
import { takeDaemonLock } from "@duolog/daemon";
import { probe } from "../../daemon/rpc.ts";
import { stopDaemon } from "../../daemon/stopDaemon.ts";
import { Failure } from "../../failure.ts";
import type { Place } from "../../place.ts";
import { nextStep } from "./succession.ts";

const POLL_MS = 50;

/**
 * Makes this process the daemon of the data directory, in place of an older one too, until it ends:
 * null, or the one that runs.
 * Throws Failure where one holds the lock and does not answer.
 */
export async function takePlace(place: Place): Promise<Health | null> {
  const began = performance.now();
  for (;;) {
    if (takeDaemonLock(place.paths.lock)) return null;
    const health = await probe(place);
    const waitedMs = performance.now() - began;
    const running = health?.version ?? null;
    switch (nextStep({ locked: true, running, own: place.version, waitedMs })) {
      case "use":
        return health as Health;
      case "replace":
        await stopDaemon((health as Health).pid);
        break;
      case "give-up":
        throw new Failure(
          `another daemon holds ${place.paths.lock} and does not answer; \`duolog stop\` ends it`,
        );
      default:
        await setTimeout(POLL_MS);
    }
  }
}
