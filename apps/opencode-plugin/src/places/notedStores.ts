import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type DataPaths, isPrivateDir, withRegularFile } from "@duolog/client/local";
import { storePlaces } from "./storePlaces.ts";

/** So much of the file is read, bytes and lines: nobody has more stores. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 100;
/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;
/** Of no link, and without waiting for whoever reads a FIFO. */
const TO_APPEND =
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK |
  constants.O_WRONLY;

/**
 * Notes where this OpenCode keeps its sessions in `opencode-stores`, a path on a line, so that an import
 * or a proof that runs elsewhere finds them. Only in a data directory that is there. Never throws: a
 * store that is not noted is looked for where stores usually lie.
 */
export function noteStores(paths: DataPaths, env: NodeJS.ProcessEnv): void {
  try {
    if (!isPrivateDir(paths.root)) return;
    const { directory, named } = storePlaces(env);
    const content = contentOf(paths);
    const known = linesOf(content);
    const places = [directory, ...(named === null ? [] : [named])];
    const unknown = places.filter((place) => isPath(place) && !known.includes(place));
    if (unknown.length === 0) return;
    const end = content === "" || content.endsWith("\n") ? "" : "\n";
    append(paths, end + unknown.map((place) => `${place}\n`).join(""), known.length >= MAX_LINES);
  } catch {
    // OpenCode must not feel it, and there is nobody to tell.
  }
}

/** The data directories and databases that OpenCode was seen to use; they may be gone. Throws like fs. */
export function notedStores(paths: DataPaths): string[] {
  return [...new Set(linesOf(contentOf(paths)).filter(isPath))];
}

/** @param isFull the file is damaged, as nobody has so many, and is begun anew */
function append(paths: DataPaths, text: string, isFull: boolean): void {
  const fd = openSync(fileIn(paths), isFull ? TO_APPEND | constants.O_TRUNC : TO_APPEND, 0o600);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** Its beginning; empty where the file is none that can be read. */
function contentOf(paths: DataPaths): string {
  const told = withRegularFile(fileIn(paths), (fd) => {
    const start = Buffer.alloc(MAX_BYTES);
    return start.toString("utf8", 0, readSync(fd, start));
  });
  return told ?? "";
}

function linesOf(content: string): string[] {
  return content.split("\n", MAX_LINES);
}

function fileIn(paths: DataPaths): string {
  return join(paths.root, "opencode-stores");
}

/** What the file system takes for an absolute path, as far as its text tells, and fits on a line. */
function isPath(text: string): boolean {
  return isAbsolute(text) && !/[\0\n]/.test(text) && text.length <= MAX_PATH;
}
