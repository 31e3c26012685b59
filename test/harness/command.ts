import { spawnSync } from "node:child_process";
import { cleanEnv, DUOLOG } from "./daemon.ts";

/** Runs `duolog` on a data directory, as a user would (30 s at most). */
export function duolog(dataDir: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DUOLOG, ...args], {
    env: cleanEnv(dataDir),
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** The value that a command prints with --json. Throws what it said where it failed. */
export function duologJson<T>(dataDir: string, ...args: string[]): T {
  const { status, stdout, stderr } = duolog(dataDir, ...args, "--json");
  if (status !== 0) throw new Error(`duolog ${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
