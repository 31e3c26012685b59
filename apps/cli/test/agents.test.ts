import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Source } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { agentRows } from "../src/commands/agents/agentRows.ts";
import type { AgentSeen } from "../src/commands/agents/agents.ts";
import { missedOf } from "../src/heal/missed.ts";
import { appendLines, promptLine } from "./claudeHome.ts";
import { TestHome } from "./duolog.ts";

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

describe("sessions that live capture did not bring", () => {
  const part = (id: string, minutesAgo: number) => ({ id, writtenAt: NOW - minutesAgo * MINUTE });

  test.each<[string, number[], number, number | null]>([
    ["written after all that is recorded", [30, 20], 60, 2],
    ["written before: from before the plugin was there", [90, 70], 60, null],
    ["just written: still on their way", [0.5], 60, null],
    ["written while the last recorded one was", [59.5], 60, null],
  ])("%s", (_what, minutesAgo, latestAgo, sessions) => {
    const parts = minutesAgo.map((ago, i) => part(`s${i}`, ago));
    const missed = missedOf(parts, new Set(["other"]), NOW - latestAgo * MINUTE, NOW);
    expect(missed?.sessions ?? null).toBe(sessions);
    if (missed) expect(missed.since).toBe(NOW - Math.max(...minutesAgo) * MINUTE);
  });

  test("those that are recorded, and lists of many sessions, are none", () => {
    const parts = [part("s", 30), { ...part("/history.jsonl", 30), ofMany: true as const }];
    expect(missedOf(parts, new Set(["s"]), NOW - 60 * MINUTE, NOW)).toBeNull();
  });
});

describe("what a person is told of an agent", () => {
  const seen: AgentSeen = {
    source: Source.opencode,
    lastHeardAt: NOW,
    pluginHeardAt: null,
    version: "2.0.26",
    testedVersion: "2.0.26",
    isUntested: false,
    unknownTypes: [],
    missed: null,
  };
  const plugins = { opencode: "/duolog/opencode", claudeCode: "/duolog/claude" };

  test.each<[string, Partial<AgentSeen>, string | null]>([
    ["nothing where all is well", {}, null],
    [
      "a newer version",
      { version: "2.4.0", isUntested: true },
      "2.4.0 was seen (tested up to 2.0.26)",
    ],
    [
      "a newer version with unknown events",
      { version: "2.4.0", isUntested: true, unknownTypes: ["a.b", "c", "d"] },
      "2.4.0 was seen (tested up to 2.0.26): 3 kinds of events are not known (a.b, c, d)",
    ],
    ["one unknown event", { unknownTypes: ["a"] }, "1 kind of events is not known (a)"],
    ["entries", { unknownTypes: ["part/a"] }, "1 kind of entries is not known (part/a)"],
    [
      "both",
      { unknownTypes: ["a", "session_message/b"] },
      "2 kinds of events and entries are not known (a, session_message/b)",
    ],
  ])("%s", (_what, more, text) => {
    const rows = agentRows([{ ...seen, ...more }], plugins);
    expect(rows).toEqual(text === null ? [] : [["OpenCode", text]]);
  });

  test("what its plugin did not bring, with what mends it", () => {
    const [[, text] = []] = agentRows([{ ...seen, missed: { sessions: 2, since: NOW } }], plugins);
    expect(text).toMatch(/^has written since .*nothing came from its plugin \(2 sessions\)/);
    expect(text).toContain('"plugin": ["/duolog/opencode"]');
    expect(text).toContain("`duolog import`");
  });
});

test("status: Claude Code goes on and its plugin does not; an import makes it good", async () => {
  await using home = new TestHome();
  appendLines(home, "first", [promptLine("first", 1)]);
  await home.json(["import"]);
  expect((await home.run(["status"])).stdout).not.toMatch(/^Claude Code/m);
  const later = appendLines(home, "later", [promptLine("later", 2)]);
  const at = Date.now() / 1_000 - 600;
  utimesSync(later, at, at);
  expect((await home.run(["status"])).stdout).toMatch(
    /^Claude Code +has written since .*nothing came from its plugin \(1 session\).*duolog import/m,
  );
  await home.json(["import"]);
  expect((await home.run(["status"])).stdout).not.toMatch(/^Claude Code/m);
});

test("status: a newer version of Claude Code with lines of a type that is not known", async () => {
  await using home = new TestHome();
  const told = JSON.parse(promptLine("s", 1));
  const lines = [
    { ...told, version: "9.1.0" },
    { type: "new-thing", sessionId: "s" },
  ];
  appendLines(
    home,
    "s",
    lines.map((line) => JSON.stringify(line)),
  );
  await home.json(["import"]);
  const { agents } = await home.json(["status"]);
  expect(agents).toContainEqual(
    expect.objectContaining({ version: "9.1.0", isUntested: true, unknownTypes: ["new-thing"] }),
  );
  expect((await home.run(["status"])).stdout).toMatch(
    /^Claude Code +9\.1\.0 was seen \(tested up to [\d.]+\): 1 kind of lines is not known \(new-thing\)/m,
  );
});

test("a damaged list of unknown types is no trouble", async () => {
  await using home = new TestHome();
  mkdirSync(home.paths.root, { mode: 0o700 });
  writeFileSync(join(home.paths.root, "unknown-types"), "x\0\nopencode \u001b[2J\nopencode a.b\n");
  const { agents } = await home.json(["status"]);
  expect(agents.map(({ unknownTypes }: AgentSeen) => unknownTypes)).toEqual([[], ["a.b"]]);
});
