import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataPaths, dataPaths, ensureDataDir } from "@duolog/client/local";
import { cleanEnv, newDataDir } from "../harness/daemon.ts";

const PLUGIN = fileURLToPath(new URL("../../apps/claude-code-plugin", import.meta.url));
const FORWARDER = join(PLUGIN, "dist", "forwarder.js");
export const HOOK = join(PLUGIN, "hooks", "note.sh");

/** A data directory, Claude Code's directory within (HOME is the same), and the real forwarder. */
export class ClaudeSeat implements Disposable {
  readonly paths: DataPaths;
  readonly project: string;
  #notes = 0;

  constructor() {
    this.paths = dataPaths(realpathSync(newDataDir()));
    ensureDataDir(this.paths);
    this.project = join(this.paths.root, ".claude", "projects", "-home-dev-x");
    mkdirSync(this.project, { recursive: true });
  }

  /** Leaves a payload as the hook does. */
  note(payload: unknown): void {
    this.#notes += 1;
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    writeFileSync(join(this.paths.inbox, `${this.#notes}-0.json`), text);
  }

  startForwarder(env: Record<string, string> = {}): ChildProcess {
    const own = { DUOLOG_FORWARDER_MS: "400,200,5000", ...env };
    return spawn(process.execPath, [FORWARDER], {
      env: cleanEnv(this.paths.root, own),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs a forwarder until it ends by itself; gives its code and all that it said. */
  async forward(env: Record<string, string> = {}): Promise<{ code: number | null; said: string }> {
    const child = this.startForwarder(env);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => {
        said += data;
      });
    }
    const [code] = await once(child, "close");
    return { code, said };
  }

  [Symbol.dispose](): void {
    rmSync(this.paths.root, { recursive: true, force: true });
  }
}

/** One prompt as Claude Code writes it. */
export function promptLine(sessionId: string, uuid: string, text: string): string {
  return `${JSON.stringify({
    type: "user",
    uuid,
    sessionId,
    timestamp: "2026-11-22T11:00:00.000Z",
    cwd: "/home/dev/x",
    message: { role: "user", content: text },
  })}\n`;
}

/** Names of all files below a directory that hold the text, less those that `skip` takes. */
export function filesWith(
  directory: string,
  text: string,
  skip: (file: string) => boolean = () => false,
) {
  return everything(directory)
    .filter((file) => lstatSync(file).isFile())
    .filter((file) => !skip(file) && readFileSync(file).includes(text));
}

/** Every file and directory below one, itself included; no symlink is followed (Node 22's `recursive` does). */
export function everything(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const below = entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? everything(path) : [path];
  });
  return [directory, ...below];
}
