import { execFile } from "node:child_process";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command on a data directory, for 30 s at most. */
export function duolog(dataDir: string, ...args: string[]): Promise<Said> {
  const options = { env: cleanEnv(dataDir), encoding: "utf8", timeout: 30_000 } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [DUOLOG, ...args], options, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}
