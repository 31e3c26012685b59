import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { childProcess } from "./childProcess.ts";

/** Oldest Node that runs the daemon. */
const OLDEST_MAJOR = 20;
const OLDEST_MINOR = 19;
/** For `node --version`, ms. */
const VERSION_TIMEOUT = 2_000;

/** Node and the script of the `duolog` command on PATH; null where either is missing or node is too old. */
export function findOnPath(env: NodeJS.ProcessEnv): { node: string; entry: string } | null {
  const duolog = which("duolog", env);
  if (!duolog) return null;
  const node = findNode(env);
  return node ? { node, entry: realpathSync(duolog) } : null;
}

/** This process's own program where it is a Node (inside OpenCode it is not), else PATH's. */
function findNode(env: NodeJS.ProcessEnv): string | null {
  const isNode = !process.versions.bun && !process.versions.electron;
  if (isNode && isRecentNode(process.version)) return process.execPath;
  const node = which("node", env);
  if (!node) return null;
  const told = childProcess().spawnSync(node, ["--version"], {
    encoding: "utf8",
    timeout: VERSION_TIMEOUT,
  });
  return told.status === 0 && isRecentNode(told.stdout) ? node : null;
}

/** True for the `vX.Y.Z` of a Node that runs the daemon. */
export function isRecentNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number);
  return major > OLDEST_MAJOR || (major === OLDEST_MAJOR && minor >= OLDEST_MINOR);
}

/** The absolute path of a program on PATH; relative entries are passed over. */
function which(program: string, env: NodeJS.ProcessEnv): string | null {
  const directories = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, program)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
