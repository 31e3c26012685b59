import { acquirePidLock, ensureDataDir, writeRuntime } from "@duolog/client/local";
import type { Health } from "@duolog/contract/server";
import { type Daemon, runDaemon } from "../lifecycle/daemon.ts";
import { deadSegments } from "../lifecycle/drain.ts";
import { watchIdle } from "../lifecycle/idleWatch.ts";
import { errorDetails, type Log, openLog } from "../log/log.ts";
import { asFailure, Failure } from "./failure.ts";
import { pidFile } from "./pidFile.ts";
import type { Place } from "./place.ts";
import { alreadyRunning, greeting } from "./serveTexts.ts";
import { takePlace } from "./takePlace.ts";

/** How `serve` runs the daemon. */
export interface ServeOptions {
  /** Started by a plugin or `duolog start`: says nothing, and ends when nobody needs it. */
  detached: boolean;
  /** DUOLOG_IDLE_MS in it takes the place of IDLE_MS. */
  env: NodeJS.ProcessEnv;
  /** For people; not called when detached. */
  write: (text: string) => void;
}

/** After so long without connections and dead senders' segments a detached daemon ends, ms. */
const IDLE_MS = 600_000;
/**
 * What a thread that is still at work has to end after a stop, ms. Together with that it is less than
 * `duolog stop` waits.
 */
const LINGER_MS = 2_500;

/**
 * Runs the daemon until a signal, or until it is idle; resolves with the exit code. The lock is
 * let go of by the end of the process, which then follows within LINGER_MS. Throws Failure where the database is damaged or deleted meanwhile.
 */
export async function serve(place: Place, options: ServeOptions): Promise<number> {
  const write = options.detached ? () => {} : options.write;
  const running = await prepare(place);
  if (running) {
    write(alreadyRunning(place, running));
    return 0;
  }
  const log = openLog(place.paths.logs);
  let lost: string | null;
  try {
    lost = await run(place, log, options, write);
  } catch (error) {
    const what = error instanceof Error ? error.name : "error";
    log.error("not started", { ...errorDetails(error), what });
    throw asFailure(error);
  } finally {
    await log.close();
    endSoon();
  }
  if (lost === null) return 0;
  throw new Failure(`${lost}; start duolog again, or let the plugins do it`);
}

async function prepare(place: Place): Promise<Health | null> {
  try {
    ensureDataDir(place.paths);
    return await takePlace(place);
  } catch (error) {
    throw asFailure(error);
  }
}

/** Resolves when the daemon has ended: with null, or with the reason why it could not go on. */
async function run(
  place: Place,
  log: Log,
  options: ServeOptions,
  write: (text: string) => void,
): Promise<string | null> {
  const stopped = untilSignal();
  const lost: { reason: string | null } = { reason: null };
  const onLost = (reason: string) => {
    lost.reason ??= reason;
    stopped.stop(reason);
  };
  const pid = acquirePidLock(pidFile(place.paths));
  // `duolog stop` finds the process by it as long as it lives.
  process.once("exit", () => pid?.release());
  try {
    const daemon = await runDaemon({ ...place, log, onLost });
    try {
      if (!options.detached) write(await greeting(place, daemon.storage));
      const unwatch = options.detached ? watch(place, daemon, options.env, stopped.stop) : () => {};
      const reason = await stopped.reason;
      unwatch();
      log.info("stopping", { reason });
    } finally {
      if (lost.reason === null) await daemon.stop();
      else await giveUp(place, daemon, log);
    }
  } catch (error) {
    // On a damaged database anything may fail: the damage is what is to be told.
    if (lost.reason === null) throw error;
    log.error("failed", errorDetails(error));
  }
  return lost.reason;
}

/** Ends the daemon. Leaves what the next start, by whoever has something to record, needs, where it can. */
async function giveUp(place: Place, daemon: Daemon, log: Log): Promise<void> {
  const { paths, entry, version } = place;
  try {
    ensureDataDir(paths);
    writeRuntime(paths, { node: process.execPath, daemon: entry, version, socket: paths.socket });
  } catch (error) {
    log.error("runtime.json not written", errorDetails(error));
  } finally {
    await daemon.abandon();
  }
}

function watch(place: Place, daemon: Daemon, env: NodeJS.ProcessEnv, stop: (why: string) => void) {
  const isBusy = () => daemon.server.connections() > 0 || hasDeadSegments(place);
  return watchIdle(Number(env.DUOLOG_IDLE_MS) || IDLE_MS, isBusy, () => stop("idle"));
}

/** False too where the spool can't be read: the log tells that at each drain. */
function hasDeadSegments({ paths }: Place): boolean {
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
