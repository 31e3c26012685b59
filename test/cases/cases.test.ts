/**
 * What agents leave behind in situations that issue threads of Claude Code, OpenCode and their readers
 * tell of, and what must be made of it. Each folder of `fixtures/` is one: `notes.md` says what, whence
 * and why, `input/` is the HOME (or has files for it), and `expect.json` is played here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { expectCheck } from "./check.ts";
import type { Case, Check, Step } from "./expectation.ts";
import { CasePlace } from "./place.ts";
import { playStep } from "./steps.ts";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

const CASES = readdirSync(FIXTURES).map((name): [string, Case] => [
  name,
  JSON.parse(readFileSync(join(FIXTURES, name, "expect.json"), "utf8")),
]);

/** Each play of a live session, with its case. */
const LIVES = CASES.flatMap(([name, { live, env }]) =>
  [live ?? []].flat().map((play) => ({ name, env, play })),
);

const placeOf = (name: string, env?: Record<string, string>) =>
  new CasePlace(join(FIXTURES, name, "input"), env);

async function play(place: CasePlace, steps: Step[] = []): Promise<void> {
  for (const step of steps) await playStep(place, step);
}

async function expectAll(place: CasePlace, checks: Check[] = []): Promise<void> {
  await place.stop();
  for (const check of checks) expectCheck(place, check);
}

/** Runs the imports of a case; false where its read-only directory can't be made. */
async function importAll(place: CasePlace, expectation: Case): Promise<boolean> {
  const { import: args, readOnly } = expectation;
  const prefix = readOnly === undefined ? [] : place.readOnly(readOnly);
  if (prefix === null) return false;
  const imports = args === null ? [] : typeof args[0] === "string" ? [args as string[]] : args;
  for (const each of imports as string[][]) {
    place.outputs.push(await place.duolog(["import", ...each], prefix));
  }
  return true;
}

describe.concurrent("cases", { timeout: 120_000 }, () => {
  for (const [name, expectation] of CASES) {
    if (expectation.import === null && !expectation.checks?.length) continue;
    test(`imported: ${name}`, async ({ skip }) => {
      await using place = placeOf(name, expectation.env);
      await play(place, expectation.before);
      if (!(await importAll(place, expectation))) skip("no read-only mount can be made here");
      await expectAll(place, expectation.checks);
    });
  }

  for (const { name, env, play: live } of LIVES) {
    test(`live: ${[name, live.name ?? []].flat().join(", ")}`, async () => {
      await using place = placeOf(name, env);
      await place.duolog(["start"]);
      await play(place, live.steps);
      await expectAll(place, live.checks);
    });
  }
});
