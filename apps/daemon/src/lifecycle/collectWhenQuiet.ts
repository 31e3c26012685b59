import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How often the process looks at what it has used, ms. */
const EVERY_MS = 5_000;
/** Processor time between two looks, ms: more is work, less is quiet. */
const WORK_MS = 200;
const QUIET_MS = 50;

/**
 * Collects garbage once after each time of work. V8 keeps the memory that a burst took until more
 * is asked for, which an idle process never does. Returns what ends it.
 */
export function collectWhenQuiet(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let before = usedMs();
  let worked = false;
  const timer = setInterval(() => {
    const used = usedMs() - before;
    before += used;
    if (used > WORK_MS) worked = true;
    if (!worked || used > QUIET_MS) return;
    worked = false;
    collect();
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
