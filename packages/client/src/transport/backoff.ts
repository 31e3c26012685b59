/** Between looks for a daemon that is being started, ms. */
export const STARTING_PAUSE = 40;
/** The first wait and the longest, ms, before they are spread. */
const FIRST = 100;
const LONGEST = 15_000;
/** After "upgrade one side", ms: only a new program helps. */
const UPGRADE = 60_000;

/** How long to wait before try number `attempt` (from 0), ms; `random` in [0, 1) spreads the clients. */
export function backoffDelay(attempt: number, random: number): number {
  return spread(Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 20)), random);
}

/** The wait after an answer that only an upgrade can change, ms. */
export function upgradeDelay(random: number): number {
  return spread(UPGRADE, random);
}

function spread(delay: number, random: number): number {
  return delay * (0.5 + random / 2);
}
