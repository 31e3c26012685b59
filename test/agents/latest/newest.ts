import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PACKAGES, type PINNED } from "../install.ts";

/** The package of OpenCode 2; its scenarios are played by a host until it can be installed. */
export const OPENCODE_2 = "@opencode/cli";

/** The newest versions on the registry. Rejects where it can't be asked. */
export async function newestVersions(): Promise<typeof PINNED> {
  const [opencode, claude] = await Promise.all([
    versionOf(PACKAGES.opencode),
    versionOf(PACKAGES.claude),
  ]);
  return { opencode, claude };
}

/** The newest version of OpenCode 2; null where the registry has none. Rejects likewise. */
export async function newestOpencode2(): Promise<string | null> {
  try {
    return await versionOf(OPENCODE_2);
  } catch (error) {
    if (error instanceof Error && error.message.includes("E404")) return null;
    throw error;
  }
}

async function versionOf(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["view", name, "version"], {
    timeout: 60_000,
  });
  return stdout.trim();
}
