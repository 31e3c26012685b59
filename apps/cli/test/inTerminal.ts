import { spawnSync } from "node:child_process";
import { DUOLOG, type TestHome } from "./duolog.ts";

const { stdout: version } = spawnSync("script", ["--version"], { encoding: "utf8" });

/** The program that has a terminal for another one is here. */
export const HAS_SCRIPT = version?.includes("util-linux") === true;

/** What the command writes into a terminal. */
export function inTerminal(home: TestHome, env: Record<string, string>, args: string[]) {
  const command = [process.execPath, DUOLOG, ...args].join(" ");
  const { stdout, status } = spawnSync("script", ["-qec", command, "/dev/null"], {
    encoding: "utf8",
    env: { ...home.env, TERM: "xterm", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { stdout, status };
}
