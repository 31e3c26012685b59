import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach } from "vitest";

export const HOOK = fileURLToPath(new URL("../../hooks/note.sh", import.meta.url));
/** What it reads to find the data directory. */
export const ROOT = fileURLToPath(new URL("../../hooks/root.sh", import.meta.url));
export const isLinux = process.platform === "linux";
export const PAYLOAD = '{"session_id":"s","prompt":"a \\\\ \\n \u00e9 $(x) `y`"}';

/** The home of the test that runs. */
export let home = "";

/** Gives each test of a file a home of its own. */
export function useHome(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "duolog hook "));
  });
  afterEach(() => {
    spawnSync("chmod", ["-R", "u+rwx", home]);
    rmSync(home, { recursive: true });
  });
}

/** A directory with the programs that a hook needs, and what is given of node. */
export function path(node: string | null): string {
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["sh", "cat", "mv", "rm", "mkdir", "id", "sed", "env", "setsid", "sleep"]) {
    if (!existsSync(join(bin, name)))
      symlinkSync(spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(), join(bin, name));
  }
  if (node !== null) writeFileSync(join(bin, "node"), node, { mode: 0o755 });
  return bin;
}

export interface Run {
  env?: Record<string, string>;
  node?: string | null;
  input?: string;
  hook?: string;
}

/** Runs the hook in an environment of its own; `node` is a script in node's place. */
export function run(
  shell: string,
  { env = {}, node = null, input = PAYLOAD, hook = HOOK }: Run = {},
) {
  const own = { HOME: home, PATH: path(node), ...env };
  const which = spawnSync("which", [shell], { encoding: "utf8" }).stdout.trim();
  return spawnSync(which, [hook], { env: own, input, encoding: "utf8", timeout: 10_000 });
}

export const silent = { status: 0, signal: null, stdout: "", stderr: "" };
export const told = ({ status, signal, stdout, stderr }: SpawnSyncReturns<string>) => ({
  status,
  signal,
  stdout,
  stderr,
});

export function notes(data: string): string[] {
  const inbox = join(data, "inbox");
  return existsSync(inbox)
    ? readdirSync(inbox).map((name) => readFileSync(join(inbox, name), "utf8"))
    : [];
}

/** Waits until a detached child has written the file. */
export async function text(file: string): Promise<string> {
  for (let i = 0; i < 100 && !existsSync(file); i++)
    await new Promise((done) => setTimeout(done, 50));
  return readFileSync(file, "utf8");
}
