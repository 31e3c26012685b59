import { existsSync, linkSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { copyDatabase, countRows } from "@duolog/daemon/storage";
import { checkRoot } from "../commands/checkRoot.ts";
import { Failure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import { count, megabytes } from "../output/text.ts";
import type { Place } from "../place.ts";

/**
 * Copies the record into a new file, as it is at this moment, while the daemon goes on. Throws Failure
 * where there is none or the file is there, StorageRefusal where it can't be read or written.
 */
export function backup(place: Place, to: string, output: Output): void {
  const { database, root } = place.paths;
  checkRoot(root);
  const file = resolve(to);
  if (!existsSync(database)) throw new Failure(`nothing is recorded yet in ${root}`);
  copyWhole(database, file);
  const { sessions, messages } = countRows(file) ?? { sessions: 0, messages: 0 };
  const made = { file, bytes: statSync(file).size, sessions, messages };
  show(
    output,
    made,
    () =>
      `${count(sessions, "session")}, ${count(messages, "message")} (${megabytes(made.bytes)}) in ${file}\n`,
  );
}

/** Under another name until it is whole. */
function copyWhole(database: string, file: string): void {
  const partial = `${file}.${process.pid}.partial`;
  if (existsSync(file)) throw isThere(file);
  try {
    copyDatabase(database, partial);
    // Not renamed: what came to be there meanwhile stays.
    linkSync(partial, file);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? isThere(file) : error;
  } finally {
    for (const part of [partial, `${partial}-journal`]) rmSync(part, { force: true });
  }
}

function isThere(file: string): Failure {
  return new Failure(`${file} is there already: name another, or move it away`);
}
