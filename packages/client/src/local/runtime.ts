import { isAbsolute } from "node:path";
import { atomicWrite } from "./atomicWrite.ts";
import type { DataPaths } from "./paths.ts";
import { readIfThere } from "./readIfThere.ts";

/** How to start the daemon and where it listens; paths are absolute. */
export interface Runtime {
  node: string;
  daemon: string;
  version: string;
  socket: string;
}

/** What runtime.json says; null where it is missing, unreadable or corrupt. */
export function readRuntime(paths: DataPaths): Runtime | null {
  try {
    const text = readIfThere(paths.runtime);
    return text === null ? null : parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function parse(value: unknown): Runtime | null {
  if (typeof value !== "object" || value === null) return null;
  const { node, daemon, version, socket } = value as Partial<Record<keyof Runtime, unknown>>;
  if (!isAbsolutePath(node) || !isAbsolutePath(daemon) || !isAbsolutePath(socket)) return null;
  return typeof version === "string" ? { node, daemon, version, socket } : null;
}

function isAbsolutePath(value: unknown): value is string {
  return typeof value === "string" && isAbsolute(value);
}

/** Replaces runtime.json. One key a line: the hook script reads it with sed. Throws like fs. */
export function writeRuntime(paths: DataPaths, runtime: Runtime): void {
  const { node, daemon, version, socket } = runtime;
  atomicWrite(paths.runtime, `${JSON.stringify({ node, daemon, version, socket }, null, 2)}\n`);
}
