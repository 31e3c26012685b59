import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanEnv, type TestDaemon } from "../harness/daemon.ts";

const FORWARDER = fileURLToPath(
  new URL("../../apps/claude-code-plugin/dist/forwarder.js", import.meta.url),
);

const FIXTURES = fileURLToPath(new URL("../fixtures/claude-code", import.meta.url));

/** Claude Code's directory where it is by default: the data directory is the home of these tests. */
export const configIn = (home: string) => join(home, ".claude");

/** Puts every recording of Claude Code's there as a project. */
export function layOutTranscripts(config: string): void {
  for (const name of readdirSync(FIXTURES)) {
    cpSync(join(FIXTURES, name), join(config, "projects", `-${name}`), { recursive: true });
  }
}

/** Every transcript below, sub-agents' too. */
export function transcriptsBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return transcriptsBelow(path);
    return entry.name.endsWith(".jsonl") ? [path] : [];
  });
}

/** Live capture of what is there now: a hook of each session, and the forwarder until it ends. */
export async function capture(daemon: TestDaemon): Promise<void> {
  const { root, inbox } = daemon.paths;
  const projects = join(configIn(root), "projects");
  for (const project of readdirSync(projects)) {
    for (const name of readdirSync(join(projects, project)).filter((n) => n.endsWith(".jsonl"))) {
      const note = {
        hook_event_name: "SessionStart",
        session_id: name.slice(0, -".jsonl".length),
        transcript_path: join(projects, project, name),
      };
      writeFileSync(join(inbox, `1-${readdirSync(inbox).length}.json`), JSON.stringify(note));
    }
  }
  // No PATH: nothing may start another daemon.
  const env = cleanEnv(root, { DUOLOG_FORWARDER_MS: "300,300,20000", PATH: "" });
  const forwarder = spawn(process.execPath, [FORWARDER], { env, stdio: "ignore" });
  await once(forwarder, "exit");
}
