import { spawn } from "node:child_process";
import { once } from "node:events";

/** Passes colours, ends at once where all fits on the screen, and leaves it there. */
const DEFAULT = ["less", "-FRX"];

/** The pager that `PAGER` names, as an argument list; null where none is wanted. */
export function pagerOf({ PAGER }: NodeJS.ProcessEnv): string[] | null {
  if (PAGER === undefined) return DEFAULT;
  const words = PAGER.trim().split(/\s+/);
  return words[0] === "" || words[0] === "cat" ? null : words;
}

/**
 * Shows the text in a pager and resolves once that has ended, however early. False where it could not
 * be started: then nothing was shown.
 */
export async function page(text: string, [command = "", ...args]: string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ["pipe", "inherit", "inherit"] });
  // Ctrl-C is the pager's while it runs.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  // It may end before it has read all.
  child.stdin.on("error", ignore);
  child.stdin.end(text);
  try {
    await once(child, "close");
    return true;
  } catch {
    return false;
  } finally {
    process.off("SIGINT", ignore);
  }
}
