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
import { OpencodeFile } from "../import/opencodeFile.ts";
import { allRows } from "../import/records.ts";
import { readRecording } from "../recordings/opencodeReplay.ts";
import { CasePlace } from "./place.ts";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

/**
 * The records that version 0.1.0 (commit fc6777c) made of all that the cases have of Claude Code, and of
 * OpenCode's databases: one with all recordings, and one that version 2 has moved over and gone on with.
 */
const EARLIER = readFileSync(new URL("earlier.sql", import.meta.url), "utf8");
const EARLIER_OPENCODE = readFileSync(new URL("earlier-opencode.sql", import.meta.url), "utf8");

const RECORDINGS = fileURLToPath(new URL("../fixtures/opencode", import.meta.url));
const MIGRATED = new URL("../fixtures/opencode-2/opencode-migrated.sql", import.meta.url);

/** Puts those databases of OpenCode's into a HOME. */
function everyRecording(input: string): void {
  const directory = join(input, ".local", "share", "opencode");
  mkdirSync(directory, { recursive: true });
  const names = readdirSync(RECORDINGS).flatMap((file) => /^(.*)\.jsonl$/.exec(file)?.[1] ?? []);
  const events = names.toSorted().flatMap(readRecording);
  new OpencodeFile(join(directory, "opencode-local.db"), events)[Symbol.dispose]();
  const migrated = new Database(join(directory, "opencode.db"));
  migrated.exec(readFileSync(MIGRATED, "utf8"));
  migrated.close();
}

/** Puts what all cases have of Claude Code into a HOME. */
function everyCase(input: string): void {
  for (const name of readdirSync(FIXTURES)) {
    // The same project as another case's, by way of a link.
    if (name === "symlinked-project-directory") continue;
    const claude = join(FIXTURES, name, "input", ".claude");
    if (existsSync(claude)) cpSync(claude, join(input, ".claude"), { recursive: true });
  }
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

test.each([
  ["Claude Code", everyCase, EARLIER],
  ["OpenCode", everyRecording, EARLIER_OPENCODE],
])(
  "%s: a record that an earlier translation made, once repaired, is that of a fresh import",
  async (_agent, layOut, earlier) => {
    const input = mkdtempSync(join(tmpdir(), "duolog-cases-"));
    try {
      layOut(input);
      await using repaired = new CasePlace(input);
      mkdirSync(repaired.paths.root, { mode: 0o700 });
      const db = new Database(repaired.paths.database);
      db.exec(earlier);
      db.close();
      expect(lastLine(await repaired.duolog(["verify"]))).toMatch(/^\d+ sessions? differs?$/);
      expect(lastLine(await repaired.duolog(["verify", "--repair"]))).toBe("complete");
      await using fresh = new CasePlace(input);
      await fresh.duolog(["import"]);
      expect(lastLine(await fresh.duolog(["verify"]))).toBe("complete");
      expect(rowsIn(repaired)).toEqual(rowsIn(fresh));
    } finally {
      rmSync(input, { recursive: true });
    }
  },
  60_000,
);
