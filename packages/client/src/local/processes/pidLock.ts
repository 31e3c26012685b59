import { linkSync, lstatSync, rmSync, unlinkSync } from "node:fs";
import { isOurs } from "../data/paths.ts";
import { atomicWrite, writeNew } from "../files/atomicWrite.ts";
import { directoryInode } from "../files/directoryInode.ts";
import { errno } from "../files/errno.ts";
import { readOwn } from "../files/readIfThere.ts";
import { uniqueSuffix } from "../files/uniqueSuffix.ts";
import { isAlive, isSameProcess, startTicks } from "./processes.ts";

/** A lock that is held while the process whose id stands in its file lives. */
export interface PidLock {
  /** Lets go; harmless when repeated or when another has taken over. */
  release(): void;
  /** Makes another process the holder, whose death frees the lock. */
  handTo(pid: number): void;
}

/**
 * Takes the lock, from a dead holder too; null while another process holds it.
 * The file's first line is the holder's pid (a shell reads it with `read -r pid <file`), the second
 * its start in ticks where known, the third its directory's inode. Throws like fs where the directory can't be written.
 */
export function acquirePidLock(file: string): PidLock | null {
  const own = holderText(file, process.pid);
  return tryCreate(file, own) || takeOver(file, own) ? heldLock(file, own) : null;
}

/** The pid of the live holder; null where the lock is free. */
export function pidLockHolder(file: string): number | null {
  const text = readOwn(file);
  return text !== null && isHeld(file, text) ? Number.parseInt(text, 10) : null;
}

/** How long ago the lock was taken or handed on, ms; null where there is no file. */
export function pidLockAge(file: string, now: number): number | null {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats ? now - stats.mtimeMs : null;
}

function heldLock(file: string, text: string): PidLock {
  return {
    release() {
      if (readOwn(file) === text) rmSync(file, { force: true });
    },
    handTo(pid) {
      const handed = holderText(file, pid);
      atomicWrite(file, handed);
      text = handed;
    },
  };
}

function holderText(file: string, pid: number): string {
  return `${pid}\n${startTicks(pid) ?? ""}\n${directoryInode(file)}\n`;
}

/**
 * Of a file without an inode the place is not asked. One without a start, where the system tells
 * starts, is damaged: any process may have that id.
 */
function isHeld(file: string, text: string): boolean {
  const [pid = 0, start, inode] = text.split("\n").map(Number);
  if (inode && inode !== directoryInode(file)) return false;
  return start ? isSameProcess(pid, start) : isAlive(pid) && startTicks(pid) === null;
}

/** One process at a time: of two that see a dead holder at once, one would remove the other's lock. */
function takeOver(file: string, own: string): boolean {
  const guard = `${file}.taking`;
  if (!replaceStale(guard, own)) return false;
  try {
    return replaceStale(file, own);
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Takes the place of a dead holder's file, or of what else lies there. */
function replaceStale(file: string, own: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats) {
    const seen = readOwn(file);
    const isLock = stats.isFile() && isOurs(stats) && (stats.mode & 0o400) !== 0;
    // Read again: what a dead process left nobody else takes away, so a change is another's lock.
    const isStale = seen !== null && !isHeld(file, seen) && readOwn(file) === seen;
    if (isLock && !isStale) return false;
    rmSync(file, { force: true, recursive: true });
  }
  return tryCreate(file, own);
}

/** A link, not an open with O_EXCL, so that nobody ever reads a lock without its holder. */
function tryCreate(file: string, text: string): boolean {
  const temporary = `${file}.${uniqueSuffix()}.tmp`;
  writeNew(temporary, text);
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}
