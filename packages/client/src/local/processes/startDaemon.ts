import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DataPaths, ensureDataDir } from "../data/paths.ts";
import { readRuntime } from "../data/runtime.ts";
import { childProcess } from "./childProcess.ts";
import { findOnPath } from "./findOnPath.ts";
import { acquirePidLock, type PidLock, pidLockAge } from "./pidLock.ts";

/** `starting`: another process is at it, or one has just died of it. */
export type StartResult = "started" | "starting" | "unavailable";

/** A daemon that dies at once is not started again within this time, ms. */
const RESTART_PAUSE = 1_000;
const PASSED_ON = /^(HOME|PATH|XDG_DATA_HOME|TMPDIR|TZ|LANG|LC_\w+|DUOLOG_\w+)$/;
const SECRET = /TOKEN|KEY|SECRET|PASSWORD|CREDENTIAL/i;

/**
 * Starts the daemon in the background, from runtime.json, else from PATH; never waits for it, never
 * throws. The lock `starter.pid` passes to the child, so that however many processes try at once,
 * one child is started, and another only when it is dead.
 */
export function startDaemon(paths: DataPaths, env: NodeJS.ProcessEnv = process.env): StartResult {
  try {
    ensureDataDir(paths);
    const command = daemonCommand(paths, env);
    if (!command) return "unavailable";
    const lockFile = join(paths.root, "starter.pid");
    if (diedJustNow(lockFile)) return "starting";
    const lock = acquirePidLock(lockFile);
    return lock ? launch(command, lock, paths, env) : "starting";
  } catch {
    // A directory that can't be made or written: the caller's own spool tells more.
    return "unavailable";
  }
}

interface Command {
  node: string;
  entry: string;
}

function daemonCommand(paths: DataPaths, env: NodeJS.ProcessEnv): Command | null {
  const runtime = readRuntime(paths);
  if (runtime && existsSync(runtime.node) && existsSync(runtime.daemon)) {
    return { node: runtime.node, entry: runtime.daemon };
  }
  return findOnPath(env);
}

/** A held lock is no younger for it: acquirePidLock tells those apart. */
function diedJustNow(lockFile: string): boolean {
  const age = pidLockAge(lockFile, Date.now());
  return age !== null && age >= 0 && age < RESTART_PAUSE;
}

function launch(
  command: Command,
  lock: PidLock,
  paths: DataPaths,
  env: NodeJS.ProcessEnv,
): StartResult {
  let pid: number | undefined;
  try {
    pid = spawnDetached(command, paths, env).pid;
  } finally {
    // Held by this process, which lives on, it would keep every start back.
    if (pid === undefined) lock.release();
  }
  if (pid === undefined) return "unavailable";
  try {
    lock.handTo(pid);
  } catch {
    // A full disk, for one: without the lock each try would start one more.
    releaseAfterPause(lock);
  }
  return "started";
}

function releaseAfterPause(lock: PidLock): void {
  const release = () => {
    try {
      lock.release();
    } catch {
      // Where it can't be removed no other start could take it either.
    }
  };
  setTimeout(release, RESTART_PAUSE).unref();
}

function spawnDetached(command: Command, paths: DataPaths, env: NodeJS.ProcessEnv): ChildProcess {
  const child = childProcess().spawn(command.node, [command.entry, "serve", "--detached"], {
    cwd: paths.root,
    detached: true,
    stdio: "ignore",
    env: chosenEnv(paths, env),
  });
  // Without a listener a failed spawn would be thrown into the host.
  child.on("error", () => {});
  child.unref();
  return child;
}

/** What a background process of ours gets of its starter's environment: never keys or tokens. */
export function chosenEnv(paths: DataPaths, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const chosen: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(env)) {
    if (PASSED_ON.test(name) && !SECRET.test(name)) chosen[name] = value;
  }
  chosen.DUOLOG_DATA_DIR = paths.root;
  return chosen;
}
