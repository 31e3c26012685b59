import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { chosenEnv, type DataPaths } from "@duolog/client/local";
import { type Details, errorDetails, type Log } from "../../log/log.ts";
import { type Delays, type Look, Lookouts } from "./lookouts.ts";

/** How what live capture missed is brought in from the agents' own stores. */
export interface HealOptions extends Delays {
  /** What node is started with to read them; ids of sessions are added, `--known` for all, `--live` for those too that somebody works in. */
  args: readonly string[];
  /** After so long all is looked at again, ms. */
  everyMs: number;
}

/** Most that is read of what the process says, UTF-16 units. */
const MAX_SAID = 10_000;

/**
 * Has the agents' stores read by a process of its own, at the lowest priority: one at a time, which ends
 * by itself; every so often of itself. What it brings comes as any import does. It says, a line of JSON
 * each, of which agent it found what the plugin should have brought.
 */
export class Healer {
  readonly #paths: DataPaths;
  readonly #args: readonly string[];
  readonly #lookouts: Lookouts;
  readonly #log: Log;
  readonly #again: NodeJS.Timeout;
  #timer: NodeJS.Timeout | null = null;
  #child: ChildProcess | null = null;
  #isStopped = false;

  constructor(paths: DataPaths, { args, everyMs, ...delays }: HealOptions, log: Log) {
    this.#paths = paths;
    this.#args = args;
    this.#lookouts = new Lookouts(delays);
    this.#log = log;
    this.#again = setInterval(() => this.request(null), everyMs).unref();
  }

  /** Asks for these sessions, or for all that changed at their agents, or came. */
  request(sessions: readonly string[] | null): void {
    this.#lookouts.add(sessions, performance.now());
    this.#schedule();
  }

  /** Asks for these soon, or for all: an agent just did, or may have done, what its store alone tells whole. */
  requestSoon(sessions: readonly string[] | null): void {
    if (sessions === null) this.#lookouts.addAllSoon(performance.now());
    else this.#lookouts.addSoon(sessions, performance.now());
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#again);
    if (this.#timer) clearTimeout(this.#timer);
    this.#child?.kill();
  }

  #schedule(): void {
    const due = this.#lookouts.nextAt;
    if (this.#isStopped || this.#child || due === null) return;
    if (this.#timer) clearTimeout(this.#timer);
    const wait = Math.max(0, due - performance.now());
    this.#timer = setTimeout(() => this.#run(), wait).unref();
  }

  #run(): void {
    this.#timer = null;
    const look = this.#lookouts.take(performance.now());
    // A timer may come a little early.
    if (look.named.length > 0 || look.known) this.#look(look);
    else this.#schedule();
  }

  #look({ named, known, live }: Look): void {
    const which = [...(known ? ["--known"] : []), ...(live ? ["--live"] : [])];
    const args = [...this.#args, ...which, "--", ...named];
    const child = spawn(process.execPath, args, {
      cwd: this.#paths.root,
      stdio: ["ignore", "pipe", "ignore"],
      env: chosenEnv(this.#paths, process.env),
    });
    this.#child = child;
    if (child.pid !== undefined) lower(child.pid);
    child.on("error", (error) => this.#log.error("stores not read", errorDetails(error)));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < MAX_SAID) said += text;
    });
    child.on("close", (code) => this.#ended(code, said));
  }

  #ended(code: number | null, said: string): void {
    this.#child = null;
    for (const line of said.split("\n")) if (line !== "") this.#warn(line);
    if (code !== 0 && !this.#isStopped) this.#log.warn("stores not read whole", { code });
    this.#schedule();
  }

  #warn(line: string): void {
    const details = detailsIn(line);
    if (details) this.#log.warn("not brought by the plugin", details);
  }
}

/** What a line of its says, as it is; null where it is cut off. */
function detailsIn(line: string): Details | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}
