import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CLAUDE_PLUGIN } from "../agents/run/claude.ts";
import { type ClaudeFile, claudeFiles, type Run } from "./runs.ts";

/** Plays runs until told to end. */
export interface Producer {
  /** The runs that were played to their ends. */
  done: Run[];
  /** Dies at once, in the middle of whatever it does, and comes back. */
  kill(): void;
  /** Resolves when the run under way is over. */
  end(): Promise<void>;
}

/** Between two events, and two lines, ms on average. */
const EVENT_MS = 60;
const LINE_MS = 60;

const SCRIPT = fileURLToPath(new URL("opencodeProducer.ts", import.meta.url));

/** OpenCode: a process with the plugin in it. */
export class OpencodeProducer implements Producer {
  readonly done: Run[] = [];
  readonly #producer: number;
  readonly #env: Record<string, string>;
  #child: ChildProcess;
  #ending = false;
  #ended = () => {};

  constructor(producer: number, env: Record<string, string>) {
    this.#producer = producer;
    this.#env = env;
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const next = (this.done.at(-1)?.n ?? -1) + 1;
    const numbers = [this.#producer, next, EVENT_MS].map(String);
    const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...numbers], {
      env: this.#env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.done.push({ producer: this.#producer, n: Number(line) });
    });
    // `close`, not `exit`: by then all it said was read.
    child.once("close", (code) => {
      if (this.#ending && code === 0) return this.#ended();
      // What it had under way is played again.
      this.#child = this.#start();
    });
    if (this.#ending) child.stdin.end();
    return child;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#ending = true;
      this.#ended = resolve;
      this.#child.stdin?.end();
    });
  }
}

/** Claude Code: transcripts that grow, and the hook run at every turn. */
export class ClaudeProducer implements Producer {
  readonly done: Run[] = [];
  readonly #producer: number;
  readonly #project: string;
  readonly #env: Record<string, string>;
  readonly #over: Promise<void>;
  #ending = false;

  constructor(producer: number, configDir: string, env: Record<string, string>) {
    this.#producer = producer;
    this.#project = join(configDir, "projects", `-soak-${producer}`);
    this.#env = env;
    mkdirSync(this.#project, { recursive: true });
    this.#over = this.#play();
  }

  async #play(): Promise<void> {
    for (let n = 0; !this.#ending; n += 1) {
      const run = { producer: this.#producer, n };
      const files = claudeFiles(run);
      for (const file of files.filter(isTranscript)) this.#hook("SessionStart", file);
      for (const file of files) await this.#write(file);
      for (const file of files.filter(isTranscript)) {
        this.#hook("Stop", file);
        this.#hook("SessionEnd", file);
      }
      this.done.push(run);
    }
  }

  async #write({ path, lines }: ClaudeFile): Promise<void> {
    const file = join(this.#project, path);
    mkdirSync(dirname(file), { recursive: true });
    for (const line of lines) {
      // A reader may come in the middle of a line.
      const half = line.length >> 1;
      appendFileSync(file, line.slice(0, half));
      await sleep(Math.random() * LINE_MS);
      appendFileSync(file, line.slice(half));
      await sleep(Math.random() * LINE_MS);
    }
  }

  #hook(event: string, { path }: ClaudeFile): void {
    const payload = {
      session_id: sessionOf(path),
      transcript_path: join(this.#project, path),
      hook_event_name: event,
    };
    const hook = join(CLAUDE_PLUGIN, "hooks", "note.sh");
    const { status, stdout, stderr } = spawnSync("sh", [hook], {
      env: this.#env,
      input: JSON.stringify(payload),
      encoding: "utf8",
    });
    if (status !== 0 || stdout || stderr) throw new Error(`hook: ${status} ${stdout}${stderr}`);
  }

  /** What is killed of it is the forwarder, which all share. */
  kill(): void {}

  async end(): Promise<void> {
    this.#ending = true;
    await this.#over;
  }
}

function isTranscript({ path }: ClaudeFile): boolean {
  return !path.includes("/");
}

function sessionOf(path: string): string {
  return path.slice(0, -".jsonl".length);
}
