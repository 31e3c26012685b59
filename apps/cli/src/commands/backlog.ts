import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type DataPaths, isMissing, listSegments } from "@duolog/client/local";

/** What waits to be recorded. */
export interface Backlog {
  /** Notes of Claude's hooks that no forwarder took yet. */
  notes: number;
  /** Bytes of records that their senders, or the daemon after their death, deliver later. */
  spooledBytes: number;
}

/** Notes and segments that wait; a few on their way are no backlog. */
const MANY_NOTES = 20;
const MANY_BYTES = 1_000_000;

/** Looks into the directories, whether a daemon runs or not. Throws like fs. */
export function backlog(paths: DataPaths): Backlog {
  return {
    notes: unlessMissing(() => countNotes(paths.inbox)),
    spooledBytes: unlessMissing(() => spooledBytes(paths)),
  };
}

/** A line for a person where much waits, else none. */
export function backlogHint({ notes, spooledBytes }: Backlog): string {
  const hints: string[] = [];
  if (notes >= MANY_NOTES) {
    hints.push(
      `${notes} notes of Claude Code wait in inbox/: the next session of it delivers them`,
    );
  }
  if (spooledBytes >= MANY_BYTES) {
    hints.push(`${Math.round(spooledBytes / 1e6)} MB wait in spool/ and are being recorded`);
  }
  return hints.map((hint) => `Waiting   ${hint}\n`).join("");
}

/** What `count` gives; 0 where the directory is missing, or none. */
function unlessMissing(count: () => number): number {
  try {
    return count();
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function countNotes(inbox: string): number {
  return readdirSync(inbox).filter((name) => name.endsWith(".json")).length;
}

function spooledBytes(paths: DataPaths): number {
  const sizes = listSegments(paths).map(
    (file) => statSync(join(file), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
