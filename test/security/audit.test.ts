import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { type Advisories, AdvisoryServer } from "./advisoryServer.ts";

vi.setConfig({ testTimeout: 30_000 });

/** What was published against a version that this tree had or might get, by package. */
const KNOWN = JSON.parse(
  readFileSync(new URL("./advisories.json", import.meta.url), "utf8"),
) as Advisories;

/** Asks the registry; some answer no audits, and some machines reach none. */
test("npm audit: nothing known against what is shipped", async ({ skip }) => {
  const report = await audit([]);
  if (!report?.metadata) {
    skip("the registry answers no audit here");
    return;
  }
  expect(report.metadata.vulnerabilities).toMatchObject({ total: 0 });
});

test("npm audit: nothing of what test/security/advisories.json lists", async () => {
  await using server = await AdvisoryServer.start(KNOWN);
  const report = await audit(["--registry", server.url]);
  expect(report?.vulnerabilities).toEqual({});
  expect(report?.metadata?.vulnerabilities).toMatchObject({ total: 0 });
  // Prisma's own tools count as shipped: the client has them as an optional peer.
  for (const name of ["ws", "zod", "pino", "@trpc/server", "libsql", "prisma", "mysql2"])
    expect(server.asked).toContain(name);
});

test("npm audit: an advisory against what is shipped is seen", async () => {
  const against = { id: 1, url: "", title: "made up", severity: "low", vulnerable_versions: "*" };
  await using server = await AdvisoryServer.start({ ws: [against] } as Advisories);
  const report = await audit(["--registry", server.url]);
  expect(Object.keys(report?.vulnerabilities ?? {})).toContain("ws");
});

interface Report {
  vulnerabilities?: Record<string, unknown>;
  metadata?: { vulnerabilities: Record<string, number> };
}

/** What `npm audit --omit=dev` says of the workspace; null where it says nothing that is a report. */
function audit(more: string[]): Promise<Report | null> {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["audit", "--omit=dev", "--json", ...more];
  return new Promise((done) => {
    execFile("npm", args, { cwd, timeout: 15_000 }, (_error, stdout) => done(parse(stdout)));
  });
}

function parse(text: string): Report | null {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return null;
  }
}
