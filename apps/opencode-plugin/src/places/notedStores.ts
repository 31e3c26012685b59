import { isAbsolute, join } from "node:path";
import { type DataPaths, isPrivateDir, notedLines, noteLines } from "@duolog/client/local";
import { storePlaces } from "./storePlaces.ts";

/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;

/**
 * Notes where this OpenCode keeps its sessions in `opencode-stores`, a path on a line, so that an import
 * or a proof that runs elsewhere finds them. Only in a data directory that is there. Never throws: a
 * store that is not noted is looked for where stores usually lie.
 */
export function noteStores(paths: DataPaths, env: NodeJS.ProcessEnv): void {
  try {
    if (!isPrivateDir(paths.root)) return;
    const { directory, named } = storePlaces(env);
    noteLines(fileIn(paths), [directory, ...(named === null ? [] : [named])].filter(isPath));
  } catch {
    // OpenCode must not feel it, and there is nobody to tell.
  }
}

/** The data directories and databases that OpenCode was seen to use; they may be gone. Throws like fs. */
export function notedStores(paths: DataPaths): string[] {
  return notedLines(fileIn(paths)).filter(isPath);
}

function fileIn(paths: DataPaths): string {
  return join(paths.root, "opencode-stores");
}

/** What the file system takes for an absolute path, as far as its text tells, and fits on a line. */
function isPath(text: string): boolean {
  return isAbsolute(text) && !/[\0\n]/.test(text) && text.length <= MAX_PATH;
}
