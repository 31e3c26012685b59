import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRpcClient } from "@duolog/client";
import { type DataPaths, dataPaths, isAlive, pidLockHolder } from "@duolog/client/local";

const APP = fileURLToPath(new URL("..", import.meta.url));
export const DUOLOG = join(APP, "bin", "duolog.js");

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A data directory of its own and the real command on it; `await using` ends what runs there. */
export class TestHome implements AsyncDisposable {
  readonly paths: DataPaths;
  readonly env: Record<string, string>;
  /** Made here; nothing else is removed at the end. */
  readonly #made: string;
  readonly #children: ChildProcess[] = [];

  constructor(env: Record<string, string> = {}) {
    const root = mkdtempSync(join(tmpdir(), "duolog-commands-"));
    this.#made = root;
    this.paths = dataPaths(join(root, "data"));
    this.env = {
      PATH: process.env.PATH ?? "",
      HOME: root,
      DUOLOG_DATA_DIR: this.paths.root,
      ...env,
    };
  }

  /** Starts the command; `bin` is another version's. */
  spawn(args: string[], bin = DUOLOG): ChildProcess {
    const child = spawn(process.execPath, [bin, ...args], { env: this.env, stdio: "pipe" });
    this.#children.push(child);
    return child;
  }

  async run(args: string[], bin = DUOLOG): Promise<Result> {
    const child = this.spawn(args, bin);
    const result: Result = { code: null, stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (data) => {
      result.stdout += data;
    });
    child.stderr?.setEncoding("utf8").on("data", (data) => {
      result.stderr += data;
    });
    [result.code] = await once(child, "close");
    return result;
  }

  async json(args: string[], bin = DUOLOG) {
    const { stdout, stderr, code } = await this.run([...args, "--json"], bin);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  /** A client of the daemon here, which starts none; on a busy machine a large record takes its time. */
  client(clientName = "opencode-plugin") {
    const dataDir = this.paths.root;
    const options = { clientName, clientVersion: "1", dataDir, spool: false, autostart: false };
    return createRpcClient({ ...options, deadlineMs: 30_000 });
  }

  log(): { msg: string; reason?: string }[] {
    const text = readFileSync(join(this.paths.logs, "daemon.log"), "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  get daemonPid(): number | null {
    return pidLockHolder(join(this.paths.root, "daemon.pid"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    const pid = this.daemonPid;
    if (pid !== null) {
      process.kill(pid, "SIGKILL");
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    rmSync(this.#made, { recursive: true, force: true });
  }
}

/** Resolves with what a child has written once it matches. */
export function output(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (data) => {
      text += data;
      if (pattern.test(text)) resolve(text);
    });
    child.once("exit", () => reject(new Error(`ended before ${pattern}: ${text}`)));
  });
}

/** A copy of the built daemon that says it is of another version; returns its bin. */
export function copyAs(version: string, home: TestHome): string {
  const copy = join(home.paths.root, "..", `duolog-${version}`);
  mkdirSync(copy, { recursive: true });
  for (const part of ["bin", "dist"])
    cpSync(join(APP, part), join(copy, part), { recursive: true });
  symlinkSync(join(APP, "..", "..", "node_modules"), join(copy, "node_modules"));
  const own = JSON.parse(readFileSync(join(APP, "package.json"), "utf8"));
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...own, version }));
  return join(copy, "bin", "duolog.js");
}
