// Runs a part of the suite with its numbers given on the command line:
//   node test/withArguments.mjs test/faults/crash.test.ts --times 1000   → DUOLOG_TIMES=1000
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const files = process.argv
  .slice(2)
  .filter((arg, i, all) => !/^--/.test(arg) && !/^--/.test(all[i - 1] ?? ""));
const env = { ...process.env };
process.argv.forEach((arg, i, all) => {
  if (arg.startsWith("--")) env[`DUOLOG_${arg.slice(2).toUpperCase()}`] = all[i + 1];
});
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);
const run = spawnSync(process.execPath, [vitest, "run", ...files], { env, stdio: "inherit" });
process.exit(run.status ?? 1);
