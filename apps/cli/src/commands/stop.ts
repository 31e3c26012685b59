import { pidLockHolder } from "@duolog/client/local";
import { probe } from "../daemon/rpc.ts";
import { stopDaemon } from "../daemon/stopDaemon.ts";
import { type Output, show } from "../output/output.ts";
import type { Place } from "../place.ts";
import { checkRoot } from "./checkRoot.ts";

/**
 * Stops the daemon, also one that does not answer any more. Throws Failure where the data directory
 * is none.
 */
export async function stop(place: Place, output: Output): Promise<void> {
  checkRoot(place.paths.root);
  const pid = (await probe(place))?.pid ?? pidLockHolder(place.paths.pid);
  const result = pid === null ? "not running" : await stopDaemon(pid);
  show(output, { result, pid }, () => {
    if (pid === null) return "no daemon is running\n";
    return result === "stopped"
      ? `stopped (process ${pid})\n`
      : `killed (process ${pid}): it did not end by itself\n`;
  });
}
