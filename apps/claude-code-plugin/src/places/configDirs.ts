import { readSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { type DataPaths, withRegularFile } from "@duolog/client/local";
import { statOf } from "./look/statOf.ts";

/** Of claude-dirs so much is read, bytes and lines: nobody has more of such directories. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 100;
/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;

/**
 * Claude Code's own directories: those that CLAUDE_CONFIG_DIR lists, the usual ones, and those that
 * hooks ran with (`claude-dirs`, a line each, written by note.sh, which sees to HOME too). They need
 * not exist. Transcripts are read in no other.
 */
export function configDirs(paths: DataPaths, env: NodeJS.ProcessEnv = process.env): string[] {
  const { CLAUDE_CONFIG_DIR: told = "", XDG_CONFIG_HOME: xdg = "", HOME: home = "" } = env;
  const own = told === "" ? [] : dirsIn(told, home).map((dir) => resolve(dir));
  // 1.0.30 kept them in the second (anthropics/claude-code#2360).
  const usual = [join(home, ".claude"), join(home, ".config", "claude"), join(xdg, "claude")];
  const hooks = toldDirs(paths).flatMap((line) => dirsIn(line, home));
  return [...new Set([...own, ...usual, ...hooks].filter(isPath))];
}

/**
 * The directories that a text names: itself, or what it lists, by commas as readers of transcripts
 * do, or by colons as PATH does. A directory whose name has such a character is one.
 */
function dirsIn(text: string, home: string): string[] {
  const named = atHome(text.trim(), home);
  if (named.includes("\0")) return [];
  if (statOf(named)?.isDirectory()) return [named];
  const by = [",", ":"].find((separator) => named.includes(separator));
  if (by === undefined) return [named];
  const listed = named.split(by).filter((part) => part.trim() !== "");
  return [named, ...listed.flatMap((part) => dirsIn(part, home))];
}

/** No shell expands `~` behind a comma. */
function atHome(text: string, home: string): string {
  return text === "~" || text.startsWith("~/") ? join(home, text.slice(1)) : text;
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
