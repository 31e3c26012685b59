import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { realPath } from "../reader/realPath.ts";
import { SESSION_ID } from "./findSessions.ts";

/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;
const MAX_NAME = 255;

/** True where a session's id can be part of a path. */
export function isFileName(sessionId: string): boolean {
  return SESSION_ID.test(sessionId);
}

/**
 * What is wrong with a payload's `transcript_path`; null where it names a file in a project's directory
 * of the agent's own, be it there or not. It is never opened: a session's transcripts are looked for by
 * its id. Throws like fs.
 */
export function wrongPath(
  path: string,
  sessionId: string,
  configDirs: readonly string[],
): string | null {
  // What no file system takes would make each call below throw.
  const isLong = path.length > MAX_PATH || path.split("/").some((name) => name.length > MAX_NAME);
  if (path.includes("\0") || isLong) return "transcript_path is no path";
  if (isAbsolute(path) && isInProject(path, configDirs)) return null;
  return basename(path) === `${sessionId}.jsonl` && isAbsolute(path)
    ? "transcript_path is outside Claude Code's directories"
    : "transcript_path is not the session's";
}

function isInProject(path: string, configDirs: readonly string[]): boolean {
  const directory = dirname(resolve(path));
  const parents = [realPath(dirname(directory)), dirname(realPath(directory))];
  return configDirs.some((dir) => parents.includes(realPath(join(dir, "projects"))));
}
