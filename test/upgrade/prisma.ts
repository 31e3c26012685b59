import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const MIGRATIONS = join(ROOT, "prisma/migrations");
export const MIGRATION_NAMES = readdirSync(MIGRATIONS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export interface Ended {
  code: number | null;
  output: string;
}

/** The longest that anything run here may take, in ms. */
const TIME_LIMIT = 30_000;

/** Ends a program that was started with `detached`, and all that it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid) process.kill(-child.pid, "SIGKILL");
}

/** Runs a program to its end; `output` is stdout and stderr together. */
export async function run(
  command: string[],
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<Ended> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...options,
  });
  const limit = setTimeout(() => killGroup(child), TIME_LIMIT);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, "close");
  clearTimeout(limit);
  return { code, output };
}

/** Nothing but npm's registry may be needed: everything else is behind a proxy that is not there. */
const UNREACHABLE = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  PRISMA_ENGINES_MIRROR: "http://127.0.0.1:9",
};

/** Prisma notes which of its commands ran: not in the home of who runs the tests. */
const CONFIG = join(ROOT, "node_modules/.cache");

/** Runs `prisma …` in the repository (or a copy) on a database file, without a variable of Prisma's set. */
export function prisma(database: string, args: string, cwd = ROOT): Promise<Ended> {
  const cli = join(ROOT, "node_modules/prisma/build/index.js");
  const { PRISMA_SCHEMA_ENGINE_BINARY: _, ...env } = process.env;
  return run([process.execPath, cli, ...args.split(" ")], {
    cwd,
    env: {
      ...env,
      ...UNREACHABLE,
      DATABASE_URL: `file:${database}`,
      CHECKPOINT_DISABLE: "1",
      XDG_CONFIG_HOME: CONFIG,
    },
  });
}

/** A copy of prisma/ and its configuration, whose schema and migrations may be changed. */
export function copyPrismaProject(directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const name of ["prisma", "prisma.config.ts"]) {
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
}
