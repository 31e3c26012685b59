import { execFile, spawnSync } from "node:child_process";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command on a data directory, for 30 s at most. */
export function duolog(dataDir: string, ...args: string[]): Promise<Said> {
  return run(dataDir, [process.execPath, DUOLOG, ...args]);
}

/** The same in an environment with more in it. */
export function duologIn(
  dataDir: string,
  extra: Record<string, string>,
  ...args: string[]
): Promise<Said> {
  return run(dataDir, [process.execPath, DUOLOG, ...args], extra);
}

/** Makes root as other users are: the modes of files hold for it too (util-linux). */
const WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"];
const isRoot = process.getuid?.() === 0;

export const canDropPrivileges =
  !isRoot ||
  spawnSync(WITHOUT_OVERRIDE[0] ?? "", [...WITHOUT_OVERRIDE.slice(1), "true"]).status === 0;

/** The same as an ordinary user. */
export function duologUnprivileged(dataDir: string, ...args: string[]): Promise<Said> {
  return run(dataDir, [...(isRoot ? WITHOUT_OVERRIDE : []), process.execPath, DUOLOG, ...args]);
}

function run(
  dataDir: string,
  [file = "", ...args]: string[],
  extra: Record<string, string> = {},
): Promise<Said> {
  const options = { env: cleanEnv(dataDir, extra), encoding: "utf8", timeout: 30_000 } as const;
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}
