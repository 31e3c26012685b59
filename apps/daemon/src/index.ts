/** What `duolog serve` needs to run the daemon in its process. */
export { takeDaemonLock } from "./lifecycle/daemonLock.ts";
export type { HealOptions } from "./lifecycle/heal/healer.ts";
export { runUntilEnd } from "./lifecycle/runUntilEnd.ts";
