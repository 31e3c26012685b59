import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRpcClient } from "@duolog/client";
import { type DataPaths, dataPaths, ensureDataDir } from "@duolog/client/local";

export const DUOLOG = fileURLToPath(new URL("../../apps/cli/bin/duolog.js", import.meta.url));

/** An environment with nothing of the user's in it, for a data directory. */
export function cleanEnv(
  dataDir: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: dataDir, DUOLOG_DATA_DIR: dataDir, ...extra };
}

/** A new data directory under the system's temporary folder. */
export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), "duolog-test-"));
}

/** A real daemon, as a process of its own, on a data directory of its own. `await using` ends it. */
export class TestDaemon implements AsyncDisposable {
  readonly paths: DataPaths;
  readonly process: ChildProcess;
  readonly #ownsDir: boolean;

  private constructor(dataDir: string, ownsDir: boolean, env: Record<string, string>) {
    this.paths = dataPaths(dataDir);
    this.#ownsDir = ownsDir;
    ensureDataDir(this.paths);
    this.process = spawn(process.execPath, [DUOLOG, "serve", "--detached"], {
      env: cleanEnv(dataDir, env),
      stdio: "ignore",
    });
  }

  /** Starts one and waits until it answers (10 s at most). A directory given is kept at the end. */
  static async start(dataDir?: string, env: Record<string, string> = {}): Promise<TestDaemon> {
    const daemon = new TestDaemon(dataDir ?? newDataDir(), dataDir === undefined, env);
    await untilAnswered(daemon.paths.root);
    return daemon;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null)
      return this.process.exitCode;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    const [code] = await ended;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    if (this.#ownsDir) rmSync(this.paths.root, { recursive: true, force: true });
  }
}

/** A client of the daemon on that data directory, which starts none. */
export function testClient(dataDir: string, clientName = "test", spool = false) {
  return createRpcClient({ clientName, clientVersion: "0.0.0", dataDir, spool, autostart: false });
}

async function untilAnswered(dataDir: string): Promise<void> {
  // It may have a large file to upgrade, on a machine that other tests keep busy.
  const end = Date.now() + 25_000;
  while (Date.now() < end) {
    const rpc = testClient(dataDir);
    const health = await rpc.health();
    await rpc.close();
    if (health) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no daemon answered in ${dataDir}`);
}
