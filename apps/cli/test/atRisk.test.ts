import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appendLines, promptLine } from "./claudeHome.ts";
import { TestHome } from "./duolog.ts";

const DAY = 86_400;

/** A session that was last written so many days ago. */
function session(home: TestHome, id: string, days: number): number {
  const path = appendLines(home, id, [promptLine(id, 1)]);
  const at = Math.floor(Date.now() / 1_000) - days * DAY;
  utimesSync(path, at, at);
  return at * 1_000;
}

test("status tells what Claude Code deletes within a week that is not in the record, and when", async () => {
  await using home = new TestHome();
  mkdirSync(home.paths.root, { mode: 0o700 });
  expect(await home.json(["status"])).toMatchObject({ atRisk: null });
  session(home, "young", 22);
  expect(await home.json(["status"])).toMatchObject({ atRisk: null });
  const written = session(home, "old", 24);
  session(home, "older", 24);
  const from = written + 30 * DAY * 1_000;
  const { atRisk } = await home.json(["status"]);
  expect(atRisk.sessions).toBe(2);
  expect(Math.abs(atRisk.from - from)).toBeLessThan(5_000);
  expect((await home.run(["status"])).stdout).toMatch(
    /^At risk .*2 sessions not recorded, which Claude Code deletes from .*duolog import/m,
  );
  session(home, "oldest", 40);
  expect((await home.run(["status"])).stdout).toMatch(/3 sessions .* deletes at its next start/);
  await home.json(["import"]);
  expect(await home.json(["status"])).toMatchObject({ atRisk: null });
});

test("by the number of days that Claude Code's settings say", async () => {
  await using home = new TestHome();
  mkdirSync(home.paths.root, { mode: 0o700 });
  session(home, "old", 24);
  const settings = join(home.env.HOME ?? "", ".claude", "settings.json");
  const said = async (text: string) => {
    writeFileSync(settings, text);
    return (await home.json(["status"])).atRisk?.sessions ?? 0;
  };
  expect(await said('{"cleanupPeriodDays": 90}')).toBe(0);
  expect(await said('{"cleanupPeriodDays": 25}')).toBe(1);
  expect(await said('{"cleanupPeriodDays": "many"}')).toBe(1);
  expect(await said("no JSON")).toBe(1);
});
