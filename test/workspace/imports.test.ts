import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the linter says of each file, all in one run over a copy of its configuration. */
function lint(
  files: readonly (readonly [path: string, content: string, ...unknown[]])[],
): string[] {
  const copy = mkdtempSync(join(tmpdir(), "duolog-imports-"));
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(copy, "biome.json"), JSON.stringify({ ...config, vcs: undefined }));
  const paths = files.map(([path], i) => path.replace(/x\.ts$/, `x${i}.ts`));
  files.forEach(([, content], i) => {
    const file = join(copy, paths[i] as string);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${content}\n`);
  });
  const run = spawnSync(
    join(root, "node_modules/.bin/biome"),
    ["lint", "--reporter=json", "--max-diagnostics=none", "."],
    { cwd: copy, encoding: "utf8" },
  );
  rmSync(copy, { recursive: true });
  const { diagnostics, summary } = JSON.parse(run.stdout);
  expect(summary.errors).toBeGreaterThan(0);
  return paths.map((path) =>
    JSON.stringify(
      diagnostics.filter(
        (d: { category: string; location: { path: string } }) =>
          d.category.endsWith("noRestrictedImports") && d.location.path.endsWith(path),
      ),
    ),
  );
}

const FORBIDDEN = [
  ["packages/contract/src/x.ts", 'import { z } from "zod";', "import nothing"],
  ["packages/contract/src/x.ts", 'import { readFileSync } from "node:fs";', "import nothing"],
  ["packages/contract/src/entities/x.ts", 'import { z } from "zod";', "import nothing"],
  [
    "packages/contract/src/entities/x.ts",
    'import { ingestRecord } from "../server/schemas.ts";',
    "must not carry zod",
  ],
  ["packages/client/src/x.ts", 'import { z } from "zod";', "no server, Prisma or zod"],
  [
    "packages/client/src/x.ts",
    'import { appRouter } from "@duolog/contract/server";',
    "Only types",
  ],
  ["packages/client/src/x.ts", 'import { r } from "@duolog/daemon";', "Nothing imports an app"],
  ["packages/client/src/x.ts", 'import { c } from "@duolog/cli";', "Nothing imports an app"],
  ["apps/opencode-plugin/src/x.ts", 'import { z } from "zod";', "@duolog/client alone"],
  ["apps/opencode-plugin/src/x.ts", 'import Database from "libsql";', "without native code"],
  [
    "apps/opencode-plugin/src/x.ts",
    'import { openHistory } from "./store/index.ts";',
    "without native code",
  ],
  [
    "apps/opencode-plugin/src/translate/x.ts",
    'import { openHistory } from "../store/openHistory.ts";',
    "without native code",
  ],
  [
    "apps/opencode-plugin/src/translate/x.ts",
    'import { translate } from "@duolog/claude-code-plugin/translate";',
    "Nothing imports an app",
  ],
  [
    "apps/opencode-plugin/src/store/x.ts",
    'import { PrismaClient } from "@prisma/client";',
    "neither Prisma nor the daemon",
  ],
  [
    "apps/opencode-plugin/src/store/x.ts",
    'import { readDatabase } from "@duolog/daemon/import";',
    "Nothing imports an app",
  ],
  [
    "apps/claude-code-plugin/src/x.ts",
    'import type { AppRouter } from "@duolog/contract/server";',
    "@duolog/client alone",
  ],
  ["apps/daemon/src/core/x.ts", 'import { readFileSync } from "node:fs";', "pure"],
  ["apps/daemon/src/core/x.ts", 'import { db } from "../storage/database.ts";', "pure"],
  ["apps/daemon/src/core/x.ts", 'import { z } from "zod";', "pure"],
  ["apps/daemon/src/core/x.ts", 'import { ServiceError } from "@duolog/contract/server";', "pure"],
  [
    "apps/daemon/src/storage/record/x.ts",
    'import { s } from "../../services/recordService.ts";',
    "lowest layer",
  ],
  ["apps/daemon/src/storage/x.ts", 'import { f } from "../import/found.ts";', "lowest layer"],
  [
    "apps/daemon/src/services/x.ts",
    'import { PrismaClient } from "@prisma/client";',
    "only user of Prisma",
  ],
  ["apps/daemon/src/services/x.ts", 'import { s } from "../server/server.ts";', "no transport"],
  ["apps/daemon/src/import/x.ts", 'import Database from "libsql";', "only user of Prisma"],
  [
    "apps/daemon/src/import/x.ts",
    'import { translate } from "@duolog/opencode-plugin/translate";',
    "knows no agent",
  ],
  ["apps/daemon/src/server/x.ts", 'import { d } from "../lifecycle/daemon.ts";', "who starts it"],
  ["apps/daemon/src/lifecycle/x.ts", 'import { c } from "@duolog/cli";', "no command"],
  [
    "apps/daemon/src/lifecycle/x.ts",
    'import { PrismaClient } from "@prisma/client";',
    "only user of Prisma",
  ],
  ["apps/daemon/src/x.ts", 'import { s } from "@duolog/opencode-plugin/store";', "knows no agent"],
  ["apps/cli/src/commands/x.ts", 'import { r } from "@duolog/daemon";', "Only `serve`"],
  ["apps/cli/src/import/x.ts", 'import Database from "libsql";', "only user of Prisma"],
  ["apps/cli/src/x.ts", 'import { createTRPCClient } from "@trpc/client";', "@duolog/client"],
  ["apps/cli/src/x.ts", 'import { plugin } from "@duolog/opencode-plugin";', "./translate"],
  ["apps/cli/src/x.ts", 'import { plugin } from "@duolog/opencode-plugin/server";', "./translate"],
  [
    "apps/cli/src/commands/serve/x.ts",
    'import { PrismaClient } from "@prisma/client";',
    "only user of Prisma",
  ],
] as const;

const ALLOWED = [
  [
    "packages/contract/src/entities/x.ts",
    'export { SessionColumns } from "../generated/model.ts";',
  ],
  ["packages/contract/src/x.ts", 'export { MAX_ID } from "./limits.ts";'],
  ["packages/client/src/x.ts", 'export type { AppRouter } from "@duolog/contract/server";'],
  ["packages/client/src/local/x.ts", 'export { readFileSync } from "node:fs";'],
  ["apps/opencode-plugin/src/x.ts", 'export { createRpcClient } from "@duolog/client";'],
  ["apps/opencode-plugin/src/store/x.ts", 'export { default } from "libsql";'],
  ["apps/opencode-plugin/src/store/x.ts", 'export { translate } from "../translate/index.ts";'],
  ["apps/daemon/src/core/x.ts", 'export { TitleKind } from "@duolog/contract";'],
  ["apps/daemon/src/core/x.ts", 'export { hasEnded } from "./merge.ts";'],
  ["apps/daemon/src/storage/record/x.ts", 'export { PrismaClient } from "../generated/client.ts";'],
  ["apps/daemon/src/services/x.ts", 'export { hasEnded } from "../core/merge.ts";'],
  ["apps/daemon/src/import/x.ts", 'export { openStorage } from "../storage/storage.ts";'],
  [
    "apps/daemon/src/server/x.ts",
    'export { createReadService } from "../services/readService.ts";',
  ],
  ["apps/daemon/src/lifecycle/x.ts", 'export { startServer } from "../server/server.ts";'],
  ["apps/cli/src/commands/x.ts", 'export { createRpcClient } from "@duolog/client";'],
  ["apps/cli/src/commands/x.ts", 'export { countRows } from "@duolog/daemon/storage";'],
  ["apps/cli/src/commands/serve/x.ts", 'export { runUntilEnd } from "@duolog/daemon";'],
  ["apps/cli/src/import/x.ts", 'export { readDatabase } from "@duolog/daemon/import";'],
  ["apps/cli/src/import/x.ts", 'export { openHistory } from "@duolog/opencode-plugin/store";'],
  [
    "apps/cli/src/import/x.ts",
    'export { readSession } from "@duolog/claude-code-plugin/translate";',
  ],
] as const;

describe("who may import whom", () => {
  const said = lint([...FORBIDDEN, ...ALLOWED]);

  test.each(FORBIDDEN.map((row, i) => [...row, said[i]]))(
    "%s may not say %s",
    (_path, _content, reason, output) => {
      expect(output).toContain(reason);
    },
  );

  test.each(ALLOWED.map((row, i) => [...row, said[FORBIDDEN.length + i]]))(
    "%s may say %s",
    (_path, _content, output) => {
      expect(output).toBe("[]");
    },
  );
});
