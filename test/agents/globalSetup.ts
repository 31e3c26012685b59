import type { TestProject } from "vitest/node";
import { installAgents, type Programs } from "./install.ts";

declare module "vitest" {
  interface ProvidedContext {
    programs: Programs | null;
  }
}

/** Installs the agents once for all files; where the registry can't be reached, says so. */
export default async function setup(project: TestProject): Promise<void> {
  const programs = await installAgents();
  if ("unreachable" in programs) {
    process.stderr.write(
      `\nSKIPPED: the real agents are not installed and the npm registry can't be reached (${programs.unreachable}).\n`,
    );
  }
  project.provide("programs", "unreachable" in programs ? null : programs);
}
