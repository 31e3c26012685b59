import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installAgents, type Programs } from "./install.ts";
import { endAll, processesIn } from "./run/workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The installed agents; null where they can't be. */
    programs: Programs | null;
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
  if ("unreachable" in programs) {
    process.stderr.write(
      `\nSKIPPED: the real agents are not installed and the npm registry can't be reached (${programs.unreachable}).\n`,
    );
  }
  project.provide("programs", "unreachable" in programs ? null : programs);
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
