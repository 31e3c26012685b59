import { setTimeout } from "node:timers/promises";
import { isAlive } from "@duolog/client/local";

/** What a daemon is given to end by itself, ms; it promises to within 2 s. */
const GRACE_MS = 5_000;
const POLL_MS = 25;

/** Asks a daemon to end and waits for it; one that does not is killed. What it accepted is stored. */
export async function stopDaemon(pid: number): Promise<"stopped" | "killed"> {
  process.kill(pid, "SIGTERM");
  if (await isGone(pid, GRACE_MS)) return "stopped";
  process.kill(pid, "SIGKILL");
  await isGone(pid, GRACE_MS);
  return "killed";
}

async function isGone(pid: number, ms: number): Promise<boolean> {
  for (
    const deadline = performance.now() + ms;
    performance.now() < deadline;
    await setTimeout(POLL_MS)
  ) {
    if (!isAlive(pid)) return true;
  }
  return !isAlive(pid);
}
