import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../fixtures/claude-code", import.meta.url));

/** Claude Code's directory where it is by default: the data directory is the home of these tests. */
export const configIn = (home: string) => join(home, ".claude");

/** Puts every recording of Claude Code's there as a project. */
export function layOutTranscripts(config: string): void {
  for (const name of readdirSync(FIXTURES)) {
    cpSync(join(FIXTURES, name), join(config, "projects", `-${name}`), { recursive: true });
  }
}
