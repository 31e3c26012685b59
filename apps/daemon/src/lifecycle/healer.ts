import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { chosenEnv, type DataPaths } from "@duolog/client/local";
import { errorDetails, type Log } from "../log/log.ts";

/** How what live capture missed is brought in from the agents' own stores. */
export interface HealOptions {
  /** What node is started with to read them; ids of sessions are added, and `--known` for all. */
  args: readonly string[];
  /** After a request so long is waited, ms, for more of them. */
  delayMs: number;
}

/** More sessions than that are not named: then all that changed are read. */
const MOST_NAMED = 50;

/**
 * Has the agents' stores read by a process of its own, at the lowest priority: one at a time, which ends
 * by itself. What it brings comes as any import does.
 */
export class Healer {
  readonly #paths: DataPaths;
  readonly #options: HealOptions;
  readonly #log: Log;
  readonly #named = new Set<string>();
  /** All sessions of the record that changed are to be read, but those that somebody works in. */
  #known = false;
  #timer: NodeJS.Timeout | null = null;
  #child: ChildProcess | null = null;
  #isStopped = false;

  constructor(paths: DataPaths, options: HealOptions, log: Log) {
    this.#paths = paths;
    this.#options = options;
    this.#log = log;
  }

  /** Asks for these sessions, or for all that the record has and that changed at their agents. */
  request(sessions: readonly string[] | null): void {
    if (sessions === null) this.#known = true;
    for (const id of sessions ?? []) this.#named.add(id);
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#child?.kill();
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer || this.#child) return;
    this.#timer = setTimeout(() => this.#run(), this.#options.delayMs).unref();
  }

  #run(): void {
    this.#timer = null;
    const named = this.#named.size > MOST_NAMED ? [] : [...this.#named];
    const known = this.#known || this.#named.size > MOST_NAMED ? ["--known"] : [];
    this.#named.clear();
    this.#known = false;
    const child = spawn(process.execPath, [...this.#options.args, ...known, "--", ...named], {
      cwd: this.#paths.root,
      stdio: "ignore",
      env: chosenEnv(this.#paths, process.env),
    });
    this.#child = child;
    if (child.pid !== undefined) lower(child.pid);
    child.on("error", (error) => this.#log.error("stores not read", errorDetails(error)));
    child.on("close", (code) => this.#ended(code));
  }

  #ended(code: number | null): void {
    this.#child = null;
    if (code !== 0 && !this.#isStopped) this.#log.warn("stores not read whole", { code });
    if (this.#known || this.#named.size > 0) this.#schedule();
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}
