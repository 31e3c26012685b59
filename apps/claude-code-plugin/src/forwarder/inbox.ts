import { lstatSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errno, withRegularFile } from "@duolog/client/local";

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
      // A directory could not be removed like a note and would hold up all others.
      if (!stats || stats.isDirectory()) return [];
      return [{ path, at: Math.floor(stats.mtimeMs) }];
    })
    .sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
}

/** The note's text; null where it is no file, of a size, that can be read. */
export function readNote(note: NoteFile): string | null {
  return withRegularFile(note.path, (fd, { size }) =>
    size > MAX_NOTE_BYTES ? null : readFileSync(fd, "utf8"),
  );
}

/** Removes a note, if it is still there. Throws like fs. */
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
    if (stats?.isFile() && now - stats.mtimeMs > ABANDONED_AFTER) unlinkSync(path);
  }
}
