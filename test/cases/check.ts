import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { queryRows } from "../harness/rows.ts";
import type { Check, Claim } from "./expectation.ts";
import type { CasePlace } from "./place.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Expects what a check says, or what is as good. */
export function expectCheck(place: CasePlace, check: Check): void {
  const others = [check.or ?? []].flat();
  if (others.some((claim) => holds(place, claim))) return;
  const { got, want } = outcome(place, check);
  expect(
    got,
    others.length > 0 ? `${check.why} (or: ${JSON.stringify(others)})` : check.why,
  ).toEqual(want);
}

function holds(place: CasePlace, claim: Claim): boolean {
  const { got, want } = outcome(place, claim);
  return JSON.stringify(got) === JSON.stringify(want);
}

/** What there is, and what there is to be, in the same form. */
function outcome(place: CasePlace, claim: Claim): { got: unknown; want: unknown } {
  if ("sql" in claim) return { got: inOrder(rows(place, claim.sql)), want: inOrder(claim.want) };
  const [text, pattern] = searched(place, claim);
  const wanted = claim.want ?? true;
  const isFound = new RegExp(pattern, "i").test(text);
  if (isFound === wanted) return { got: wanted, want: wanted };
  const of = "docs" in claim ? "the documents" : text;
  return { got: of, want: `${wanted ? "" : "no "}/${pattern}/` };
}

function searched(place: CasePlace, claim: Exclude<Claim, { sql: string }>): [string, string] {
  const { outputs, paths } = place;
  if ("docs" in claim) return [documents(), claim.docs];
  if ("output" in claim) {
    const { run } = claim;
    return [run === undefined ? outputs.join("\n") : (outputs[run] ?? ""), claim.output];
  }
  const kept = [paths.rejected, paths.logs]
    .filter((path) => existsSync(path))
    .flatMap((path) => textsIn(path));
  return [[...outputs, ...kept].join("\n"), claim.told];
}

function rows(place: CasePlace, sql: string): unknown[][] {
  return queryRows(place.paths.database, sql).map((row) => Object.values(row));
}

function inOrder(rows: unknown[][]): unknown[][] {
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .map((text) => JSON.parse(text));
}

function documents(): string {
  const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
  return [read("README.md"), read("SECURITY.md"), ...textsIn(join(ROOT, "lode"), ".md")].join("\n");
}

function textsIn(directory: string, ending = ""): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
