import { dirname, resolve } from "node:path";
import picomatch from "picomatch";

/**
 * Says which project directories agents may not read of: those that a glob names, and all below them.
 * Null, a session without a project, is none of them.
 */
export function excluder(
  globs: readonly string[],
  home: string,
): (project: string | null) => boolean {
  if (globs.length === 0) return () => false;
  const patterns = globs.map((glob) => glob.replace(/^~(?=\/|$)/, home).replace(/(?<=.)\/+$/, ""));
  const isMatch = picomatch(patterns, { dot: true });
  return (project) => project !== null && upward(resolve(project)).some((path) => isMatch(path));
}

/** Whether a path is a directory, or below it. */
export function isWithin(directory: string, path: string | null): boolean {
  return path !== null && upward(resolve(path)).includes(directory);
}

/** A directory and all that it lies in. */
function upward(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...upward(parent)];
}
