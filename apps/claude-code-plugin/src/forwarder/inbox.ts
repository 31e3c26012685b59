import { lstatSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errno } from "@duolog/client/local";

/** A hook's note. */
export interface NoteFile {
  readonly path: string;
  /** When the hook wrote it, epoch ms. */
  readonly at: number;
}

const NOTE = /^\d+-\d+\.json$/;
const UNFINISHED = /^\.\d+-\d+$/;
/** An unfinished note this old is a killed hook's, ms. */
const ABANDONED_AFTER = 60 * 60 * 1000;
/** Largest note that is read, bytes: a prompt may be long. */
const MAX_NOTE_BYTES = 64 * 1024 * 1024;

/** The notes in the order in which they were written; null where the inbox is gone. */
export function listNotes(inbox: string): NoteFile[] | null {
  let names: string[];
  try {
    names = readdirSync(inbox);
  } catch (error) {
    if (errno(error) === "ENOENT") return null;
    throw error;
  }
  return names
    .filter((name) => NOTE.test(name))
    .flatMap((name) => {
      const path = join(inbox, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats ? [{ path, at: Math.floor(stats.mtimeMs) }] : [];
    })
    .sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
}

/** The note's text; null where it is no file of a size that can be read. */
export function readNote(note: NoteFile): string | null {
  const stats = lstatSync(note.path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > MAX_NOTE_BYTES) return null;
  return readFileSync(note.path, "utf8");
}

export function removeNote(note: NoteFile): void {
  try {
    unlinkSync(note.path);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}

/** Removes what killed hooks left half written. */
export function sweepInbox(inbox: string, now: number): void {
  for (const name of readdirSync(inbox).filter((name) => UNFINISHED.test(name))) {
    const path = join(inbox, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats && now - stats.mtimeMs > ABANDONED_AFTER) unlinkSync(path);
  }
}
