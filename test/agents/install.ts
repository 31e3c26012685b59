import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The versions that the expectations of this suite were measured on. */
export const PINNED = { opencode: "1.18.34", claude: "2.1.332" };

/** The versions that it runs: `npm run agents:latest` gives it others. */
const VERSIONS: typeof PINNED = JSON.parse(process.env.DUOLOG_AGENTS_VERSIONS ?? "null") ?? PINNED;

/** Other versions of OpenCode that must load the plugin: the pinned one's loader is not theirs. */
export const OLDER_OPENCODES = ["1.3.2", "1.18.10", "1.18.33"] as const;

/** The runtime inside OpenCode 2. */
const BUN = "1.4.2";

/** Absolute paths of the two native executables. */
export interface Programs {
  opencode: string;
  claude: string;
}

/** The same of what else runs the plugin. */
export interface Others {
  older: Record<(typeof OLDER_OPENCODES)[number], string>;
  bun: string;
}

/**
 * The packages of this platform, which hold the executables: the launchers that are published
 * beside them (`opencode-ai`, `@anthropic-ai/claude-code`, `bun`) need install scripts and lag behind.
 */
export const PACKAGES = {
  opencode: `opencode-${process.platform}-${process.arch}`,
  claude: `@anthropic-ai/claude-code-${process.platform}-${process.arch}`,
  bun: `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`,
};

/** What npm installs together: in a folder of its own, so that a new pin never meets an old tree. */
interface Tree {
  folder: string;
  /** As npm takes them; each under its own name. */
  specs: string[];
}

/**
 * The pinned agents in a cache folder, installed on first use.
 * @returns the programs, or why the registry can't be reached
 * @throws any other failure to install
 */
export async function installAgents(): Promise<Programs | { unreachable: string }> {
  const folder = cacheFolder(Object.values(VERSIONS).join("_"));
  const programs = {
    opencode: executable(folder, PACKAGES.opencode, "bin/opencode"),
    claude: executable(folder, PACKAGES.claude, "claude"),
  };
  const specs = [
    `${PACKAGES.opencode}@${VERSIONS.opencode}`,
    `${PACKAGES.claude}@${VERSIONS.claude}`,
  ];
  const failure = await install({ folder, specs }, Object.values(programs));
  return failure === null ? programs : { unreachable: failure };
}

/** The same of the older versions and of Bun. */
export async function installOthers(): Promise<Others | { unreachable: string }> {
  const folder = cacheFolder(`opencode-${OLDER_OPENCODES.join("_")}_bun-${BUN}`);
  const named = (version: string) => `opencode-${version}`;
  const older = Object.fromEntries(
    OLDER_OPENCODES.map((version) => [version, executable(folder, named(version), "bin/opencode")]),
  ) as Others["older"];
  const bun = executable(folder, PACKAGES.bun, "bin/bun");
  const specs = OLDER_OPENCODES.map(
    (version) => `${named(version)}@npm:${PACKAGES.opencode}@${version}`,
  );
  specs.push(`${PACKAGES.bun}@${BUN}`);
  const failure = await install({ folder, specs }, [...Object.values(older), bun]);
  return failure === null ? { older, bun } : { unreachable: failure };
}

function executable(folder: string, name: string, path: string): string {
  return join(folder, "node_modules", name, path);
}

/** Null where the files are there in the end. */
async function install(tree: Tree, files: string[]): Promise<string | null> {
  const missing = () => files.filter((file) => !existsSync(file));
  const failure = missing().length === 0 ? null : await npmInstall(tree);
  if (failure === null && missing().length > 0) {
    throw new Error(`installed, but no executable at ${missing().join(" or ")}`);
  }
  return failure;
}

function cacheFolder(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/.cache/duolog-agents/${name}`, import.meta.url));
}

/** What npm says when there is no way to the registry, as against a registry that says no. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

async function npmInstall({ folder, specs }: Tree): Promise<string | null> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  const impatient = ["--fetch-retries=1", "--fetch-retry-mintimeout=2000"];
  const options = ["--prefix", folder, ...quiet, ...impatient];
  try {
    await promisify(execFile)("npm", ["install", ...options, ...specs], {
      cwd: folder,
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
