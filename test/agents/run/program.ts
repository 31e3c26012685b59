import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** How a program ended and what it said. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Running {
  pid: number;
  /** Resolves when it has ended and nobody holds its output open any more. */
  ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Its stdin, where the setting keeps that open. */
  input: Writable;
  /** Its stdout, also while it runs. */
  output: Readable;
}

/** What a program gets: nothing of this process's own environment. */
export interface Setting {
  cwd: string;
  env: Record<string, string>;
  /** What is on stdin, which is closed then. */
  input?: string;
  /** Whether stdin stays open. */
  keepsInput?: boolean;
  /** After so many ms the program and its group are killed and `ended` rejects. */
  limitMs?: number;
}

/** Starts a program in a group of its own. */
export function start(file: string, args: string[], setting: Setting): Running {
  const child = spawn(file, args, {
    cwd: setting.cwd,
    env: setting.env,
    stdio: "pipe",
    detached: true,
  });
  if (setting.keepsInput !== true) child.stdin.end(setting.input ?? "");
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const limitMs = setting.limitMs ?? 180_000;
  const ended = new Promise<Ended>((resolve, reject) => {
    const limit = setTimeout(() => {
      if (child.pid !== undefined) killGroup(child.pid);
      reject(new Error(`${file} ${args.join(" ")}: not over after ${limitMs} ms\n${said(output)}`));
    }, limitMs);
    child.on("error", (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, ...output });
    });
  });
  return {
    pid: child.pid ?? -1,
    ended,
    kill: (signal) => child.kill(signal),
    input: child.stdin,
    output: child.stdout,
  };
}

/** Runs a program to its end, which must be a success. */
export async function succeed(file: string, args: string[], setting: Setting): Promise<Ended> {
  const ended = await start(file, args, setting).ended;
  if (ended.code === 0) return ended;
  throw new Error(`${file} ${args.join(" ")}: ${ended.signal ?? ended.code}\n${said(ended)}`);
}

function said({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return `stdout: ${stdout.slice(-2_000)}\nstderr: ${stderr.slice(-2_000)}`;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
