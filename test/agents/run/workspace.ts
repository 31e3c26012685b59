import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Ended, start, succeed } from "./program.ts";

const DUOLOG = fileURLToPath(new URL("../../../apps/cli/bin/duolog.js", import.meta.url));

/** A throwaway home, project and data directory. Disposing of it ends every process that uses it. */
export interface Workspace extends AsyncDisposable {
  root: string;
  home: string;
  /** The agents' working directory: a Git repository on branch `main`. */
  project: string;
  dataDir: string;
  /** The whole environment of an agent: this and nothing else. */
  env: Record<string, string>;
  /** Runs the `duolog` command; it must succeed. */
  duolog(...args: string[]): Promise<Ended>;
}

/** Makes a workspace in `parent`, without a daemon and without anything that could start one. */
export function createWorkspace(parent: string): Workspace {
  const root = realpathSync(mkdtempSync(join(parent, "w-")));
  const [home, project, dataDir] = ["home", "project", "data"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(home);
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: tmpdir(),
    LANG: "C.UTF-8",
    TERM: "dumb",
    DUOLOG_DATA_DIR: dataDir,
  };
  createRepository(project, env);
  return {
    root,
    home,
    project,
    dataDir,
    env,
    duolog: (...args) => succeed(process.execPath, [DUOLOG, ...args], { cwd: root, env }),
    async [Symbol.asyncDispose]() {
      await start(process.execPath, [DUOLOG, "stop"], { cwd: root, env }).ended;
      await endAll(root);
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createRepository(folder: string, env: Record<string, string>): void {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, env, stdio: "ignore" });
  mkdirSync(folder);
  git("init", "-b", "main");
  git(
    "-c",
    "user.name=dev",
    "-c",
    "user.email=dev@example.invalid",
    "commit",
    "--allow-empty",
    "-m",
    "start",
  );
}

/**
 * Ends what still runs in a workspace: the forwarder, which would follow the transcripts for some
 * minutes more, gets SIGTERM.
 * @throws where something outlives that by 5 s; it is killed then
 */
export async function endAll(root: string): Promise<void> {
  const told = new Set<number>();
  for (let waited = 0; waited < 5_000 && processesIn(root).length > 0; waited += 50) {
    // One that ends may have started another: a forwarder with something to deliver, the daemon.
    for (const { pid } of processesIn(root).filter(({ pid }) => !told.has(pid))) {
      told.add(pid);
      signal(pid, "SIGTERM");
    }
    await sleep(50);
  }
  const survivors = processesIn(root);
  for (const { pid } of survivors) signal(pid, "SIGKILL");
  if (survivors.length > 0) {
    throw new Error(`left behind: ${survivors.map(({ command }) => command).join("; ")}`);
  }
}

/** A process of any user that can be looked at; `environment` is as it was at its start. */
export interface Process {
  pid: number;
  command: string;
  environment: string;
}

/** The processes whose environment names the workspace. */
export function processesIn(root: string): Process[] {
  return everyProcess().filter(({ environment }) => environment.includes(root));
}

function everyProcess(): Process[] {
  if (!existsSync("/proc/self/environ")) return psProcesses();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const [environment, command] = [readProc(name, "environ"), readProc(name, "cmdline")];
      return environment === "" ? [] : [{ pid: Number(name), command, environment }];
    });
}

/** Empty where the process has ended meanwhile or is another user's. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function psProcesses(): Process[] {
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" });
  return lines.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || Number(pid) === process.pid) return [];
    return [{ pid: Number(pid), command, environment: command }];
  });
}

/** Signals a process; one that has ended meanwhile is none. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
