import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Rules } from "./host/Bus.ts";
import type { Answer, Command } from "./host/protocol.ts";

/** The plugin as a user configures it. */
export const PLUGIN = fileURLToPath(new URL("../../apps/opencode-plugin", import.meta.url));
/** packages/client/src/promise/service-timing.ts: 100 looks of 50 ms, then SIGKILL. */
const STOP_MS = 5_000;

export interface HostOptions {
  /** The program that runs it: Node or Bun. */
  runtime: string;
  env: Record<string, string>;
  /** The plugin's directory. */
  plugin?: string;
  rules?: Partial<Rules>;
}

/** OpenCode 2's service, played by test/opencode2/host in a process of its own. */
export class Host implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  /** What came on stdout and stderr and is no answer. */
  readonly printed: string[] = [];

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#read(line));
    }
    child.on("close", () => this.#endAll());
  }

  static async start({ runtime, env, plugin = PLUGIN, rules = {} }: HostOptions): Promise<Host> {
    const folder = mkdtempSync(join(tmpdir(), "opencode2-host-"));
    const outfile = join(folder, "host.mjs");
    const entry = fileURLToPath(new URL("host/main.ts", import.meta.url));
    const options = { bundle: true, format: "esm", platform: "node", target: "node20" } as const;
    await build({ entryPoints: [entry], outfile, ...options });
    const args = [outfile, plugin, JSON.stringify(rules)];
    // A service's working directory is the user's home; it says nothing of any project.
    return new Host(spawn(runtime, args, { env, cwd: folder, stdio: "pipe" }), folder);
  }

  /** Has the host do something; rejects where it fails at it, or ends. */
  send(command: Command): Promise<unknown> {
    const answer = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return answer;
  }

  /** Opens a location for each name, each with the plugin. */
  async open(...names: string[]): Promise<void> {
    for (const location of names) await this.send({ do: "open", location });
  }

  publish(events: unknown[], slowly = false): Promise<unknown> {
    return this.send({ do: "publish", events, slowly });
  }

  /** As `opencode service stop`: asks, and kills what is not over in 5 s. */
  async stop(): Promise<{ ended: string; ms: number }> {
    const begun = performance.now();
    const ended = once(this.#child, "close");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    this.send({ do: "stop" }).catch(() => {});
    const [code, signal] = await ended;
    clearTimeout(late);
    return { ended: String(signal ?? code), ms: performance.now() - begun };
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #read(line: string): void {
    const answer = answerOf(line);
    if (answer === null) {
      this.printed.push(line);
      return;
    }
    const waiting = this.#waiting.shift();
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }

  #endAll(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error("the host has ended"));
  }
}

function answerOf(line: string): Answer | null {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return null;
  }
}
