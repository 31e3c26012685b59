import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { expect, test } from "vitest";
import { allRows } from "../import/records.ts";
import { CasePlace } from "./place.ts";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

/** The record that version 0.1.0 (commit fc6777c) made of all that the cases have of Claude Code. */
const EARLIER = readFileSync(new URL("earlier.sql", import.meta.url), "utf8");

/** A HOME with what all cases have of Claude Code; its input is gone at the end. */
function everyCase(): string {
  const input = mkdtempSync(join(tmpdir(), "duolog-cases-"));
  for (const name of readdirSync(FIXTURES)) {
    // The same project as another case's, by way of a link.
    if (name === "symlinked-project-directory") continue;
    const claude = join(FIXTURES, name, "input", ".claude");
    if (existsSync(claude)) cpSync(claude, join(input, ".claude"), { recursive: true });
  }
  return input;
}

/** All rows, without what depends on the way by which they came. */
function rowsIn(place: CasePlace) {
  const { blobs, ...rows } = allRows(place.paths.database);
  const shared = Object.entries(rows).map(([table, of]) => [
    table,
    of.map(({ observed_at: _at, observed_seq: _seq, stamps: _stamps, ...row }) => row),
  ]);
  return { ...Object.fromEntries(shared), blobs };
}

const lastLine = (text: string) => text.trim().split("\n").at(-1);

test("a record that an earlier translation made, once repaired, is that of a fresh import", async () => {
  const input = everyCase();
  try {
    await using repaired = new CasePlace(input);
    mkdirSync(repaired.paths.root, { mode: 0o700 });
    const db = new Database(repaired.paths.database);
    db.exec(EARLIER);
    db.close();
    expect(lastLine(await repaired.duolog(["verify"]))).toMatch(/^\d+ sessions differ$/);
    expect(lastLine(await repaired.duolog(["verify", "--repair"]))).toBe("complete");
    await using fresh = new CasePlace(input);
    await fresh.duolog(["import"]);
    expect(lastLine(await fresh.duolog(["verify"]))).toBe("complete");
    expect(rowsIn(repaired)).toEqual(rowsIn(fresh));
  } finally {
    rmSync(input, { recursive: true });
  }
}, 60_000);
