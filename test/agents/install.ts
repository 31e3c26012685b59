import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The versions that the expectations of this suite were measured on. */
export const VERSIONS = { opencode: "1.18.34", claude: "2.1.332" };

/** Absolute paths of the two native executables. */
export interface Programs {
  opencode: string;
  claude: string;
}

/** One folder per pair of versions, so that a new pin never meets an old tree. */
const CACHE = fileURLToPath(
  new URL(
    `../../node_modules/.cache/duolog-agents/${Object.values(VERSIONS).join("_")}`,
    import.meta.url,
  ),
);

/** What npm says when there is no way to the registry, as against a registry that says no. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

/**
 * The pinned agents in a cache folder, installed on first use.
 * @returns the programs, or why the registry can't be reached
 * @throws any other failure to install
 */
export async function installAgents(): Promise<Programs | { unreachable: string }> {
  const programs = locate();
  if (isComplete(programs)) return programs;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, "package.json"), JSON.stringify({ private: true }));
  const failure = await npmInstall();
  if (failure !== null) return { unreachable: failure };
  if (!isComplete(programs)) {
    throw new Error(`installed, but no executable at ${programs.opencode} or ${programs.claude}`);
  }
  return programs;
}

/**
 * The packages of this platform, which hold the executables: the launchers that are published
 * beside them (`opencode-ai`, `@anthropic-ai/claude-code`) need install scripts and lag behind.
 */
const PACKAGES = {
  opencode: `opencode-${process.platform}-${process.arch}`,
  claude: `@anthropic-ai/claude-code-${process.platform}-${process.arch}`,
};

function locate(): Programs {
  const modules = join(CACHE, "node_modules");
  return {
    opencode: join(modules, PACKAGES.opencode, "bin", "opencode"),
    claude: join(modules, PACKAGES.claude, "claude"),
  };
}

function isComplete(programs: Programs): boolean {
  return existsSync(programs.opencode) && existsSync(programs.claude);
}

async function npmInstall(): Promise<string | null> {
  const specs = [
    `${PACKAGES.opencode}@${VERSIONS.opencode}`,
    `${PACKAGES.claude}@${VERSIONS.claude}`,
  ];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  const impatient = ["--fetch-retries=1", "--fetch-retry-mintimeout=2000"];
  const options = ["--prefix", CACHE, ...quiet, ...impatient];
  try {
    await promisify(execFile)("npm", ["install", ...options, ...specs], {
      cwd: CACHE,
      timeout: 300_000,
    });
    return null;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const code = UNREACHABLE.exec(said)?.[1];
    if (code === undefined) throw error;
    return code;
  }
}
