import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LISTED } from "../canary/listed.ts";
import { PINNED } from "../install.ts";
import { newestOpencode2, newestVersions, OPENCODE_2 } from "./newest.ts";
import { reportText, type Seen } from "./report.ts";
import { runScenarios } from "./runScenarios.ts";

/**
 * Runs the scenarios with the newest agents on the registry and tells what is new; whatever that is, it is
 * no failure. It fails where it could not run them.
 */
const newest = await newestVersions();
const opencode2 = await newestOpencode2();
const folder = mkdtempSync(join(tmpdir(), "agents-latest-"));
try {
  const { passed, failed, sent } = runScenarios(newest, folder);
  const seen = (agent: string, name: keyof typeof PINNED): Seen => ({
    agent,
    tested: PINNED[name],
    newest: newest[name],
    listed: LISTED[agent] ?? {},
    sent: sent.get(agent) ?? {},
  });
  const agents = [seen("OpenCode", "opencode"), seen("Claude Code", "claude")];
  process.stdout.write(`\n${reportText(agents, passed, failed)}`);
  const found = opencode2
    ? `${opencode2}; these scenarios do not drive it`
    : "not on this registry";
  process.stdout.write(`OpenCode 2 (${OPENCODE_2}): ${found}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
