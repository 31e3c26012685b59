import { setTimeout } from "node:timers/promises";
import type { Health } from "@duolog/contract/server";
import { type DaemonLock, takeDaemonLock } from "../lifecycle/daemonLock.ts";
import { stopDaemon } from "../lifecycle/stopDaemon.ts";
import { nextStep } from "../lifecycle/succession.ts";
import { Failure } from "./failure.ts";
import type { Place } from "./place.ts";
import { probe } from "./rpc.ts";

const POLL_MS = 50;

/**
 * Becomes the daemon of the data directory, in place of an older one too, or tells which one runs.
 * Throws Failure where one holds the lock and does not answer.
 */
export async function takePlace(place: Place): Promise<DaemonLock | Health> {
  const began = performance.now();
  for (;;) {
    const lock = takeDaemonLock(place.paths.lock);
    if (lock) return lock;
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
