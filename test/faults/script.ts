import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cleanEnv } from "../harness/daemon.ts";

const CLIENT = new URL("../../packages/client/dist/index.js", import.meta.url).href;

/** A script whose test is gone ends by itself after so long. */
const LONGEST_MS = 300_000;

export interface ScriptOptions {
  env?: Record<string, string>;
  /** Arguments of Node itself. */
  nodeArgs?: string[];
  uid?: number;
  /** Its input can be written to. */
  stdin?: boolean;
}

/** A program of a few lines around the built client (`createRpcClient`), as a process of its own. */
export class Script implements AsyncDisposable {
  readonly process: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #ended: Promise<unknown>;

  constructor(dataDir: string, source: string, options: ScriptOptions = {}) {
    const { env = {}, nodeArgs = [], uid, stdin = false } = options;
    const code = `setTimeout(() => process.exit(99), ${LONGEST_MS}).unref();
      const { createRpcClient } = await import(${JSON.stringify(CLIENT)});
      const dataDir = ${JSON.stringify(dataDir)};
      const tell = (text) => require("node:fs").writeSync(1, text + "\\n");
      ${source}`;
    const args = [...nodeArgs, "--input-type=module", "-e", REQUIRE + code];
    this.process = spawn(process.execPath, args, {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      env: cleanEnv(dataDir, env),
      stdio: [stdin ? "pipe" : "ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(this.process, "close");
  }

  /** The whole lines said so far. */
  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  /** Waits for the end of the program and of its output. */
  async end(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    await this.#ended;
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

const REQUIRE = `import { createRequire } from "node:module";
  const require = createRequire(process.cwd() + "/");
`;

/** Runs it to its end. */
export async function runScript(dataDir: string, source: string, options: ScriptOptions = {}) {
  await using script = new Script(dataDir, source, options);
  return await script.end();
}
