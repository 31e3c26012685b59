import { linkSync, lstatSync, renameSync, rmSync, statSync, unlinkSync } from "node:fs";
import { atomicWrite, writeNew } from "./atomicWrite.ts";
import { directoryInode } from "./directoryInode.ts";
import { errno } from "./errno.ts";
import { isAlive, isSameProcess, startTicks } from "./processes.ts";
import { readOwn } from "./readIfThere.ts";
import { uniqueSuffix } from "./uniqueSuffix.ts";

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
  if (!tryCreate(file, own) && !(removeStale(file) && tryCreate(file, own))) return null;
  return heldLock(file, own);
}

/** The pid of the live holder; null where the lock is free. */
export function pidLockHolder(file: string): number | null {
  const text = readOwn(file);
  return text !== null && isHeld(file, text) ? Number.parseInt(text, 10) : null;
}

/** How long ago the lock was taken or handed on, ms; null where there is no file. */
export function pidLockAge(file: string, now: number): number | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? now - stats.mtimeMs : null;
}

function heldLock(file: string, text: string): PidLock {
  return {
    release() {
      if (readOwn(file) === text) rmSync(file, { force: true });
    },
    handTo(pid) {
      text = holderText(file, pid);
      atomicWrite(file, text);
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

/** A link, not an open with O_EXCL, so that nobody ever reads a lock without its holder. */
function tryCreate(file: string, text: string): boolean {
  const temporary = `${file}.${uniqueSuffix()}.tmp`;
  writeNew(temporary, text);
  try {
    return link(temporary, file);
  } finally {
    unlinkSync(temporary);
  }
}

/** True once the file of a dead holder, or what else lies there, is gone. */
function removeStale(file: string): boolean {
  const seen = readOwn(file);
  if (seen !== null && isHeld(file, seen)) return false;
  if (!lstatSync(file, { throwIfNoEntry: false })) return true;
  const aside = `${file}.${uniqueSuffix()}.tmp`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errno(error) === "ENOENT") return true;
    throw error;
  }
  // Another may have replaced it between the look and the move: then it gets its lock back.
  const mine = readOwn(aside) === seen;
  if (!mine) link(aside, file);
  rmSync(aside, { recursive: true });
  return mine;
}

/** Gives the file a second name; false where that is taken. */
function link(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    throw error;
  }
}
