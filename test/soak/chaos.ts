import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "@duolog/client/local";
import type { Producer } from "./producers.ts";

/** Between two kills, ms. */
const SHORTEST = 1_500;
const LONGEST = 7_000;

export interface Kills {
  daemon: number;
  forwarder: number;
  producer: number;
}

/** Park–Miller: the order of a run's kills can be had again from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The process that a pid file in the data directory names; null where none lives. */
export function pidIn(dataDir: string, file: "daemon.pid" | "forwarder.pid"): number | null {
  const path = join(dataDir, file);
  const pid = existsSync(path) ? Number.parseInt(readFileSync(path, "utf8"), 10) : Number.NaN;
  return isAlive(pid) ? pid : null;
}

/** Kills one or another with SIGKILL until `end`, and the daemon until `endOfDaemons` (ms, monotonic). */
export async function killAtRandom(
  dataDir: string,
  producers: Producer[],
  random: () => number,
  end: number,
  endOfDaemons: number,
): Promise<Kills> {
  const kills: Kills = { daemon: 0, forwarder: 0, producer: 0 };
  for (;;) {
    await sleep(SHORTEST + random() * (LONGEST - SHORTEST));
    if (performance.now() >= end) return kills;
    const dice = random();
    if (dice < 0.3) {
      if (performance.now() < endOfDaemons && kill(dataDir, "daemon.pid")) kills.daemon += 1;
    } else if (dice < 0.6) {
      if (kill(dataDir, "forwarder.pid")) kills.forwarder += 1;
    } else {
      producers[Math.floor(random() * producers.length)]?.kill();
      kills.producer += 1;
    }
  }
}

function kill(dataDir: string, file: "daemon.pid" | "forwarder.pid"): boolean {
  const pid = pidIn(dataDir, file);
  if (pid !== null) process.kill(pid, "SIGKILL");
  return pid !== null;
}
