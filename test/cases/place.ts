import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type DataPaths, dataPaths, isAlive } from "@duolog/client/local";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";

/** How long a forwarder may take to end, ms. */
const END_MS = 8_000;

/** A HOME with a case's files and a data directory beside it. `await using` ends what runs, and removes both. */
export class CasePlace implements AsyncDisposable {
  readonly #root = mkdtempSync(join(tmpdir(), "duolog-case-"));
  readonly home = join(this.#root, "home");
  readonly paths: DataPaths = dataPaths(join(this.#root, "data"));
  readonly #env: Record<string, string>;
  /** What the imports said, one after the other. */
  readonly outputs: string[] = [];
  #locked: string | null = null;

  constructor(input: string, env: Record<string, string> = {}) {
    if (existsSync(input)) cpSync(input, this.home, { recursive: true, verbatimSymlinks: true });
    else mkdirSync(this.home);
    const given = Object.entries(env).map(([key, value]) => [
      key,
      value.replaceAll("$HOME", this.home),
    ]);
    const own = { HOME: this.home, DUOLOG_IDLE_MS: "60000" };
    this.#env = cleanEnv(this.paths.root, { ...own, ...Object.fromEntries(given) });
  }

  /** A path below HOME. */
  at(path: string): string {
    return join(this.home, path);
  }

  /** Runs `duolog`, by way of `prefix` where one is given. */
  async duolog(args: string[], prefix: string[] = []): Promise<string> {
    return this.run([...prefix, process.execPath, DUOLOG, ...args]);
  }

  /** Runs a program in HOME; resolves with all that it said. */
  async run([command = "", ...args]: string[], input = ""): Promise<string> {
    const child = spawn(command, args, { cwd: this.home, env: this.#env, stdio: "pipe" });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        text += data;
      });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    await once(child, "exit");
    // What it leaves behind in the background may keep its pipes open.
    await Promise.race([once(child, "close"), setTimeout(300)]);
    return text.replaceAll(this.home, "~").replaceAll(this.#root, "…");
  }

  /**
   * What to put before a command so that a directory can't be written to; null where that can't be
   * made: root needs a mount.
   */
  readOnly(path: string): string[] | null {
    const directory = this.at(path);
    if (process.getuid?.() !== 0) {
      chmodSync(directory, 0o555);
      this.#locked = directory;
      return [];
    }
    const mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"';
    const prefix = ["unshare", "-m", "sh", "-c", mount, "sh", directory];
    const probe = [...prefix.slice(1), "sh", "-c", '! touch "$0/probe"', directory];
    return spawnSync("unshare", probe, { stdio: "ignore" }).status === 0 ? prefix : null;
  }

  /** Ends the forwarder, then the daemon. */
  async stop(): Promise<void> {
    const pid = this.#forwarder();
    if (pid !== null) {
      process.kill(pid, "SIGTERM");
      for (const end = Date.now() + END_MS; isAlive(pid) && Date.now() < end; )
        await setTimeout(50);
    }
    if (existsSync(this.paths.runtime)) await this.duolog(["stop"]);
  }

  #forwarder(): number | null {
    const file = join(this.paths.root, "forwarder.pid");
    const pid = existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : 0;
    return pid > 1 && isAlive(pid) ? pid : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#locked) chmodSync(this.#locked, 0o755);
    rmSync(this.#root, { recursive: true, force: true });
  }
}
