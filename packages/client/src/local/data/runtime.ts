import { lstatSync } from "node:fs";
import { isAbsolute } from "node:path";
import { atomicWrite } from "../files/atomicWrite.ts";
import { directoryInode } from "../files/directoryInode.ts";
import { readOwn } from "../files/readIfThere.ts";
import type { DataPaths } from "./paths.ts";

/** How to start the daemon and where it listens; paths are absolute. */
export interface Runtime {
  node: string;
  daemon: string;
  /** The script of the command `duolog`; absent in a file from before the agents could ask. */
  cli?: string;
  version: string;
  socket: string;
}

/** How this very program is started, whose script is `entry`: the daemon as well as the command. */
export function runtimeOf(paths: DataPaths, entry: string, version: string): Runtime {
  return { node: process.execPath, daemon: entry, cli: entry, version, socket: paths.socket };
}

/** What runtime.json says; null where it is missing, unreadable or corrupt. */
export function readRuntime(paths: DataPaths): Runtime | null {
  try {
    return parse(JSON.parse(readOwn(paths.runtime) ?? "null"), paths);
  } catch {
    return null;
  }
}

function parse(value: unknown, paths: DataPaths): Runtime | null {
  if (typeof value !== "object" || value === null) return null;
  const { node, daemon, cli, version, socket, inode } = value as Partial<Record<string, unknown>>;
  if (!isAbsolutePath(node) || !isAbsolutePath(daemon) || !isAbsolutePath(socket)) return null;
  if (typeof version !== "string") return null;
  // A copy of the directory must not lead to the original's daemon.
  const isOwn = inode === undefined || inode === directoryInode(paths.runtime);
  const command = isAbsolutePath(cli) ? { cli } : {};
  return { node, daemon, ...command, version, socket: isOwn ? socket : paths.socket };
}

function isAbsolutePath(value: unknown): value is string {
  return typeof value === "string" && isAbsolute(value);
}

/**
 * Replaces runtime.json. One key a line: the hook script reads it with sed. Throws like fs, and an
 * Error where a directory lies there.
 */
export function writeRuntime(paths: DataPaths, runtime: Runtime): void {
  if (lstatSync(paths.runtime, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${paths.runtime} is a directory: move it away`);
  }
  const told = { ...runtime, inode: directoryInode(paths.runtime) };
  atomicWrite(paths.runtime, `${JSON.stringify(told, null, 2)}\n`);
}
