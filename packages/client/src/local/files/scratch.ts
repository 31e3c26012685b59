import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../processes/processes.ts";

/**
 * A new directory below one of ours, for copies; whoever made it takes it away. What killed processes
 * left there goes first. Throws like fs.
 */
export function makeScratch(root: string): string {
  for (const name of readdirSync(root)) {
    const pid = /^import-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(root, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(root, `import-${process.pid}-`));
}
