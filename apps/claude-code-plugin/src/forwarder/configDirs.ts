import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type DataPaths, readIfThere } from "@duolog/client/local";

/**
 * Claude Code's own directories: the usual one, and those that hooks ran with (`claude-dirs`, a
 * line each, written by note.sh). Transcripts are read in no other.
 */
export function configDirs(paths: DataPaths, env: NodeJS.ProcessEnv = process.env): string[] {
  const told = (readIfThere(join(paths.root, "claude-dirs")) ?? "").split("\n");
  const own = [env.CLAUDE_CONFIG_DIR ?? "", join(env.HOME || homedir(), ".claude"), ...told];
  return [...new Set(own.filter(isAbsolute))];
}
