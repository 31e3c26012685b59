import { readSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type DataPaths, withRegularFile } from "@duolog/client/local";

/** Of claude-dirs so much is read, bytes and lines: nobody has more of such directories. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 100;
/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;

/**
 * Claude Code's own directories: the usual one, and those that hooks ran with (`claude-dirs`, a
 * line each, written by note.sh, which sees to HOME too). Transcripts are read in no other.
 */
export function configDirs(paths: DataPaths, env: NodeJS.ProcessEnv = process.env): string[] {
  const own = [env.CLAUDE_CONFIG_DIR ?? "", join(env.HOME ?? "", ".claude")];
  return [...new Set([...own, ...toldDirs(paths)].filter(isPath))];
}

/** None where the file is none that can be read: damage of it costs those directories only. */
function toldDirs(paths: DataPaths): string[] {
  const told = withRegularFile(join(paths.root, "claude-dirs"), (fd) => {
    const start = Buffer.alloc(MAX_BYTES);
    return start.toString("utf8", 0, readSync(fd, start));
  });
  return (told ?? "").split("\n").slice(0, MAX_LINES);
}

/** What the file system takes for an absolute path, as far as its text tells. */
function isPath(text: string): boolean {
  return isAbsolute(text) && !text.includes("\0") && text.length <= MAX_PATH;
}
