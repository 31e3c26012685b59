import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const projects = ["packages", "apps"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
);

test.each(projects)(
  "what %s notes of its last build goes with dist/, so that a deleted dist/ is built anew",
  (project) => {
    const tsc = join(root, "node_modules/.bin/tsc");
    const run = spawnSync(tsc, ["-p", project, "--showConfig"], { encoding: "utf8" });
    const { outDir, tsBuildInfoFile } = JSON.parse(run.stdout).compilerOptions;
    expect(dirname(join(project, tsBuildInfoFile))).toBe(join(project, outDir));
  },
);
