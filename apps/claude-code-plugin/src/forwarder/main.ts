import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { createRpcClient } from "@duolog/client";
import { acquirePidLock, dataPaths, ensureDataDir, resolveDataDir } from "@duolog/client/local";
import { CLIENT_NAMES } from "@duolog/contract";
import { DaemonAway } from "./delivery.ts";
import { Forwarder, TIMING, type Timing } from "./forwarder.ts";
import { listNotes } from "./inbox.ts";
import { type Log, logTo } from "./log.ts";

/** Put in by build.mjs. */
declare const PLUGIN_VERSION: string;

const paths = dataPaths(resolveDataDir());
const log: Log = (event, detail) => logTo(join(paths.logs, "forwarder.log"), event, detail);

/** `DUOLOG_FORWARDER_MS=quiet,settle,patience` shortens its waits, for tests. */
function timing(): Timing {
  const [quiet, settle, patience] = (process.env.DUOLOG_FORWARDER_MS ?? "").split(",").map(Number);
  return {
    quiet: quiet || TIMING.quiet,
    settle: settle || TIMING.settle,
    patience: patience || TIMING.patience,
  };
}

let isEnding = false;

/** The agent's work comes first; a daemon that is started from here inherits that. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it, which is no reason not to record.
  }
}

/** Runs one forwarder if none runs yet. */
async function main(): Promise<void> {
  giveWay();
  ensureDataDir(paths);
  process.chdir(paths.root);
  const file = join(paths.root, "forwarder.pid");
  for (let lock = acquirePidLock(file); lock !== null; lock = acquirePidLock(file)) {
    try {
      await forward();
    } finally {
      lock.release();
    }
    // A hook that saw us alive may have left a note since the last look.
    if (isEnding || !listNotes(paths.inbox)?.length) return;
  }
}

async function forward(): Promise<void> {
  const rpc = createRpcClient({
    clientName: CLIENT_NAMES.claudeCode,
    clientVersion: PLUGIN_VERSION,
    dataDir: paths.root,
    spool: false,
  });
  const forwarder = new Forwarder(paths, rpc, timing(), log);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => {
      isEnding = true;
      forwarder.end();
    });
  }
  try {
    await forwarder.run();
  } finally {
    await rpc.close();
  }
}

try {
  await main();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log(error instanceof DaemonAway ? "daemon away" : "failed", { reason });
}
// Whatever is still open (a socket) must not keep it: notes and positions are on disk.
process.exit(0);
