import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Types, together } from "../canary/sent.ts";
import type { PINNED } from "../install.ts";
import type { Failed } from "./report.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Those with the newest agents; the others are of versions that stay. */
const SCENARIOS = ["both", "claude", "claudePlugin", "claudeTalk", "opencode", "opencodeServer"];

/** What came of the scenarios. */
export interface Ran {
  passed: number;
  failed: Failed[];
  /** By the agent's name. */
  sent: ReadonlyMap<string, Types>;
}

/** What vitest writes of a run, as far as it is of use here. */
interface Results {
  testResults: {
    message: string;
    name: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/**
 * Runs the scenarios with these versions.
 * @param folder of its own, for what it writes
 * @throws where none was run
 */
export function runScenarios(versions: typeof PINNED, folder: string): Ran {
  const [notes, results] = [join(folder, "types"), join(folder, "results.json")];
  const files = SCENARIOS.map((name) => `test/agents/${name}.test.ts`);
  const vitest = join(
    dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
    "vitest.mjs",
  );
  const options = ["--config", "test/agents/vitest.config.ts", "--outputFile.json", results];
  spawnSync(
    process.execPath,
    [vitest, "run", ...options, "--reporter=default", "--reporter=json", ...files],
    {
      cwd: ROOT,
      // What it says of its progress is no part of the report.
      stdio: ["ignore", process.stderr, "inherit"],
      env: {
        ...process.env,
        DUOLOG_AGENTS_VERSIONS: JSON.stringify(versions),
        DUOLOG_AGENTS_NOTES: notes,
      },
    },
  );
  if (!existsSync(results)) throw new Error("the scenarios were not run: see above");
  return { ...resultsIn(readFileSync(results, "utf8")), sent: sentIn(notes) };
}

function resultsIn(json: string): Omit<Ran, "sent"> {
  const { testResults } = JSON.parse(json) as Results;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages: [message] }) => failedOf(fullName, message));
  const broken = testResults
    .filter(({ message, assertionResults }) => message !== "" && assertionResults.length === 0)
    .map(({ name, message }) => failedOf(name.slice(ROOT.length), message));
  if (passed + failed.length === 0) throw new Error("no scenario was run: see above");
  return { passed, failed: [...failed, ...broken] };
}

function failedOf(name: string, message = "no reason"): Failed {
  return { name, reason: message.split("\n")[0] ?? "" };
}

function sentIn(notes: string): Map<string, Types> {
  if (!existsSync(notes)) return new Map();
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  const noted = lines.map((line) => JSON.parse(line) as { agent: string; sent: Types });
  const agents = [...new Set(noted.map(({ agent }) => agent))];
  const sentBy = (agent: string) => noted.filter((note) => note.agent === agent);
  return new Map(agents.map((agent) => [agent, together(sentBy(agent).map(({ sent }) => sent))]));
}
