import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installAgents, installOthers, type Others, type Programs } from "./install.ts";
import { endAll, processesIn } from "./run/workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The installed agents; null where they can't be. */
    programs: Programs | null;
    /** Older versions and Bun; null where they can't be. */
    others: Others | null;
    /** The folder of all workspaces of this run. */
    runRoot: string;
  }
}

/**
 * Installs the agents once for all files; where the registry can't be reached, says so.
 * @returns what ends the run: nothing that was started in it may be left
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = await installAgents();
  project.provide("programs", foundOf(programs, "the real agents"));
  project.provide("others", foundOf(await installOthers(), "older OpenCodes and Bun"));
  // Without duolog's name in it: the scenarios look for that where it must not be.
  const runRoot = realpathSync(mkdtempSync(join(tmpdir(), "agents-run-")));
  project.provide("runRoot", runRoot);
  return async () => {
    const left = processesIn(runRoot).map(({ command }) => command);
    await endAll(runRoot);
    rmSync(runRoot, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) throw new Error(`left by a test: ${left.join("; ")}`);
  };
}

function foundOf<T extends object>(installed: T | { unreachable: string }, what: string): T | null {
  if (!("unreachable" in installed)) return installed;
  process.stderr.write(
    `\nSKIPPED: ${what} are not installed and the npm registry can't be reached (${installed.unreachable}).\n`,
  );
  return null;
}
