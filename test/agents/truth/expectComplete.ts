import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { cleanEnv, DUOLOG } from "../../harness/daemon.ts";

/**
 * `duolog verify` finds that a record holds all that the agent's own store tells.
 * @param args where that is, as `duolog import` and `verify` take it
 */
export function expectComplete(dataDir: string, args: string[]): void {
  const { stdout, stderr } = spawnSync(process.execPath, [DUOLOG, "verify", ...args, "--json"], {
    env: cleanEnv(dataDir),
    encoding: "utf8",
    timeout: 60_000,
  });
  const { complete, histories } = JSON.parse(stdout || JSON.stringify({ complete: stderr }));
  const [{ compared, differing }] = histories ?? [{}];
  expect({ complete, differing }).toEqual({ complete: true, differing: [] });
  expect(compared).toBeGreaterThan(0);
}
