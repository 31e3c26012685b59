import { lstatSync } from "node:fs";
import { basename } from "node:path";
import {
  compareVersions,
  type DataPaths,
  type Runtime,
  readRuntime,
  writeRuntime,
} from "@duolog/client/local";
import { errorDetails, type Log } from "../log/log.ts";
import type { Storage } from "../storage/storage.ts";

/** How often the files are looked at, ms. */
const EVERY_MS = 3_000;

/** What is watched, and whom it concerns. */
export interface Watched {
  paths: DataPaths;
  storage: Pick<Storage, "checkPlace">;
  /** What runtime.json is to say. */
  runtime: Runtime;
  log: Log;
  /** Told once the socket is not the one any more that it is now; the storage tells of its own. */
  onLost: (reason: string) => void;
}

/**
 * Looks whether the database and the socket are those at their paths, and keeps runtime.json, by
 * which clients in another environment find the socket. Returns what ends the watch.
 */
export function watchPlaces(watched: Watched): () => void {
  const { paths, storage, log, onLost } = watched;
  const socket = inodeOf(paths.socket);
  const keep = runtimeKeeper(watched);
  const timer = setInterval(() => {
    try {
      storage.checkPlace();
    } catch (error) {
      log.error("files not looked at", errorDetails(error));
    }
    if (inodeOf(paths.socket) === socket) keep();
    else onLost(`${basename(paths.socket)} is gone`);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Null whatever keeps from finding it (also a file or a loop on the way there): it is not the same. */
function inodeOf(file: string): number | null {
  try {
    return lstatSync(file).ino;
  } catch {
    return null;
  }
}

/** What a newer version wrote stays: it is about to take this daemon's place. A failure is told once. */
function runtimeKeeper({ paths, runtime, log }: Watched): () => void {
  let isTold = false;
  return () => {
    try {
      const told = readRuntime(paths);
      const isOurs = told?.socket === runtime.socket;
      if (isOurs || (told && compareVersions(told.version, runtime.version) > 0)) return;
      writeRuntime(paths, runtime);
      isTold = false;
    } catch (error) {
      if (!isTold) log.warn("runtime.json not written", errorDetails(error));
      isTold = true;
    }
  };
}
