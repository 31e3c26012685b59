import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How often the process looks at what it has used, ms. */
const EVERY_MS = 5_000;
/** Processor time between two looks, ms: more is work, less is quiet. A collection of V8's own takes 50. */
const WORK_MS = 200;
const QUIET_MS = 100;

/** What the first collection finds to be finalized, such as SQLite's buffers, the second lets go of. */
const COLLECTIONS = 2;

/**
 * Collects garbage after each time of work. V8 keeps the memory that a burst took until more
 * is asked for, which an idle process never does. Returns what ends it.
 */
export function collectWhenQuiet(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let before = usedMs();
  let due = 0;
  const timer = setInterval(() => {
    const used = usedMs() - before;
    before += used;
    if (used > WORK_MS) due = COLLECTIONS;
    if (due === 0 || used > QUIET_MS) return;
    due--;
    collect();
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
