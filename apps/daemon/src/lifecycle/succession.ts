/** What is seen of a daemon in the data directory. */
export interface Sighting {
  /** A process holds the lock. */
  locked: boolean;
  /** The version of the daemon that answers on the socket; null where none does. */
  running: string | null;
  /** Ours. */
  own: string;
  /** How long this has been tried, ms. */
  waitedMs: number;
}

/**
 * - `begin`: nobody is there
 * - `use`: one as new as ours, or newer, runs
 * - `replace`: an older one runs
 * - `wait`: one is starting or stopping
 * - `give-up`: one holds the lock and does not answer
 */
export type Step = "begin" | "use" | "replace" | "wait" | "give-up";

/** How long a daemon may hold the lock without answering, ms. */
export const PATIENCE_MS = 8_000;

/** What to do about the daemon that is there, or not. Only a newer version replaces one. */
export function nextStep({ locked, running, own, waitedMs }: Sighting): Step {
  if (running !== null) return compareVersions(own, running) > 0 ? "replace" : "use";
  if (!locked) return "begin";
  return waitedMs < PATIENCE_MS ? "wait" : "give-up";
}

/** Above 0 where `a` is newer (semver.org §11, build metadata and all). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (let part = 0; part < 3; part++) {
    const order = (left.numbers[part] ?? 0) - (right.numbers[part] ?? 0);
    if (order) return order;
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

function parse(version: string): { numbers: number[]; prerelease: string[] } {
  const [core = "", ...rest] = (version.split("+")[0] ?? "").split("-");
  const prerelease = rest.join("-");
  return {
    numbers: core.split(".").map((part) => Number.parseInt(part, 10) || 0),
    prerelease: prerelease ? prerelease.split(".") : [],
  };
}

function comparePrereleases(a: string[], b: string[]): number {
  if (!a.length || !b.length) return b.length - a.length;
  for (let part = 0; part < Math.max(a.length, b.length); part++) {
    const [left, right] = [a[part], b[part]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left !== right) return compareIdentifiers(left, right);
  }
  return 0;
}

function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
  return a < b ? -1 : 1;
}
