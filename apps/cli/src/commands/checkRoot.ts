import { statSync } from "node:fs";
import { Failure } from "../failure.ts";

/** Throws Failure where something that is no directory lies in the data directory's place. */
export function checkRoot(root: string): void {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new Failure(`${root} is not a directory: move it away`);
  }
}
