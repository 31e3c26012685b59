import { join } from "node:path";
import type { DataPaths } from "@duolog/client/local";

/** Names the running daemon's process, for one that does not answer any more. */
export function pidFile(paths: DataPaths): string {
  return join(paths.root, "daemon.pid");
}
