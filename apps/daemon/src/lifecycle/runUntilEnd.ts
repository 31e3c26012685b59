import { acquirePidLock, ensureDataDir, runtimeOf, writeRuntime } from "@duolog/client/local";
import { errorDetails, type Log, openLog } from "../log/log.ts";
import type { Reads } from "../storage/record/reads.ts";
import { type Daemon, type DaemonOptions, runDaemon } from "./daemon.ts";
import { deadSegments } from "./drain.ts";
import { watchIdle } from "./idleWatch.ts";

/** Which daemon, and how long it runs. */
export interface RunOptions extends Omit<DaemonOptions, "log" | "onLost"> {
  /** Ends too once nobody needed it for so long, ms; null: never. */
  idleMs: number | null;
  /** Called once it serves. */
  onServing: (record: Pick<Reads, "totals">) => Promise<void>;
}

/**
 * What a thread that is still at work has to end after a stop, ms. Together with that it is less than
 * `duolog stop` waits.
 */
const LINGER_MS = 2_500;

/**
 * Runs the daemon, whose lock this process holds, until a signal, or until it is idle; resolves with
 * null, or with the reason why it could not go on: its database is damaged or deleted. The lock is let
 * go of by the end of the process, which then follows within LINGER_MS. Throws like runDaemon.
 */
export async function runUntilEnd(options: RunOptions): Promise<string | null> {
  const log = openLog(options.paths.logs);
  try {
    return await run(options, log);
  } catch (error) {
    const what = error instanceof Error ? error.name : "error";
    log.error("not started", { ...errorDetails(error), what });
    throw error;
  } finally {
    await log.close();
    endSoon();
  }
}

async function run(options: RunOptions, log: Log): Promise<string | null> {
  const stopped = untilSignal();
  const lost: { reason: string | null } = { reason: null };
  const onLost = (reason: string) => {
    lost.reason ??= reason;
    stopped.stop(reason);
  };
  const pid = acquirePidLock(options.paths.pid);
  // `duolog stop` finds the process by it as long as it lives.
  process.once("exit", () => pid?.release());
  try {
    const daemon = await runDaemon({ ...options, log, onLost });
    try {
      await options.onServing(daemon.storage);
      const unwatch = watch(options, daemon, stopped.stop);
      const reason = await stopped.reason;
      unwatch();
      log.info("stopping", { reason });
    } finally {
      if (lost.reason === null) await daemon.stop();
      else await giveUp(options, daemon, log);
    }
  } catch (error) {
    // On a damaged database anything may fail: the damage is what is to be told.
    if (lost.reason === null) throw error;
    log.error("failed", errorDetails(error));
  }
  return lost.reason;
}

/** Ends the daemon. Leaves what the next start, by whoever has something to record, needs, where it can. */
async function giveUp(options: RunOptions, daemon: Daemon, log: Log): Promise<void> {
  const { paths, entry, version } = options;
  try {
    ensureDataDir(paths);
    writeRuntime(paths, runtimeOf(paths, entry, version));
  } catch (error) {
    log.error("runtime.json not written", errorDetails(error));
  } finally {
    await daemon.abandon();
  }
}

/** Returns what ends the watch. */
function watch(options: RunOptions, daemon: Daemon, stop: (why: string) => void): () => void {
  if (options.idleMs === null) return () => {};
  const isBusy = () => daemon.server.connections() > 0 || hasDeadSegments(options);
  return watchIdle(options.idleMs, isBusy, () => stop("idle"));
}

/** False too where the spool can't be read: the log tells that at each drain. */
function hasDeadSegments({ paths }: RunOptions): boolean {
  try {
    return deadSegments(paths).length > 0;
  } catch {
    return false;
  }
}

/** Where the process does not end by itself it is killed: a thread can't be, and nothing is lost by it. */
function endSoon(): void {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), LINGER_MS).unref();
}

/** Resolves at the first signal that asks to end; a second one ends at once. */
function untilSignal(): { reason: Promise<string>; stop: (reason: string) => void } {
  let stop = (_reason: string) => {};
  const reason = new Promise<string>((resolve) => {
    stop = resolve;
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      stop(signal);
    });
  }
  return { reason, stop };
}
