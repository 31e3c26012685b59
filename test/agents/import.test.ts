import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { allRows, importInto, withoutOfSessions } from "../import/records.ts";
import { LIVE_ONLY } from "../recordings/opencodeCalls.ts";
import { claude, opencode } from "./run/agents.ts";
import { claudeIn } from "./run/claude.ts";
import { opencodeIn } from "./run/opencode.ts";
import { createWorkspace } from "./run/workspace.ts";
import { programs, type Stage, stage } from "./scenarios.ts";

/**
 * What an import can't know of a session, as only events or hooks tell it that the agent keeps
 * nowhere: what it is doing (OpenCode: its error; Claude: that it ended), and so the time of that
 * and the merge's own. A message's row is the same in every column.
 */
const UNTIMED = ["status", "updated_at", "observed_at", "observed_seq", "stamps"];
const UNKNOWN = { opencode: [...UNTIMED, "error"], claude: [...UNTIMED, "ended_at"] };

/** Imports the agent's files into a data directory of their own and compares it with the record. */
async function expectSameRows(on: Stage, args: string[], unknown: string[]): Promise<void> {
  await on.recorded();
  await using other = createWorkspace(inject("runRoot"));
  await other.duolog("start");
  const found = importInto(other.dataDir, args);
  expect(found).toMatchObject({ refused: 0, unreadable: 0 });
  const rows = [on.workspace, other].map(({ dataDir }) => rowsIn(dataDir, unknown));
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[0]?.messages.length).toBeGreaterThan(5);
  // Into the record that was captured live, it brings nothing new.
  const before = allRows(join(on.workspace.dataDir, "duolog.db"));
  expect(importInto(on.workspace.dataDir, args)).toEqual({ ...found, changed: 0 });
  expect(allRows(join(on.workspace.dataDir, "duolog.db"))).toEqual(before);
  expect(readdirSync(join(other.dataDir, "rejected"))).toEqual([]);
}

/** Of OpenCode's events its store has not those that LIVE_ONLY names. */
function rowsIn(dataDir: string, unknown: string[]) {
  const { events, ...rows } = withoutOfSessions(allRows(join(dataDir, "duolog.db")), ...unknown);
  const isKept = (kind: unknown) => !LIVE_ONLY.includes(String(kind));
  return {
    ...rows,
    events: events.filter(({ source, kind }) => source !== "opencode" || isKept(kind)),
  };
}

describe.skipIf(programs === null)("import of what the agent itself keeps", () => {
  test("OpenCode: the rows of live capture", async () => {
    await using on = await stage(opencode);
    await on.ask("#parallel");
    await on.ask("#err400", ...on.seat.resume());
    await on.ask("#task");
    if (programs === null) return;
    const { database } = opencodeIn(on.workspace, programs.opencode, on.model);
    await expectSameRows(on, ["--opencode", database], UNKNOWN.opencode);
  });

  test("Claude Code: the rows of live capture", async () => {
    await using on = await stage(claude);
    await on.ask("#parallel");
    await on.ask("#err400", ...on.seat.resume());
    await on.ask("#task");
    if (programs === null) return;
    const { configDir } = claudeIn(on.workspace, programs.claude, on.model);
    await expectSameRows(on, ["--claude-code", configDir], UNKNOWN.claude);
  });
});
