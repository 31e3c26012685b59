import { Source } from "@duolog/contract";
import { expect, test } from "vitest";
import type { Chosen } from "../../src/import/chooseParts.ts";
import type { Outcome } from "../../src/import/importStore.ts";
import { reportOf, reportText, totalOf } from "../../src/import/report.ts";
import type { Store } from "../../src/stores/store.ts";
import { part } from "./parts.ts";

const CLAUDE: Store = {
  source: Source.claude_code,
  translator: 1,
  places: ["/home/ada/.claude", "/home/ada/.config/claude"],
  parts: [],
  whole: null,
  left: [],
  close() {},
};
const OPENCODE: Store = { ...CLAUDE, source: Source.opencode, places: [] };
const NOTHING: Chosen = { read: [], unchanged: [], older: [] };

const OUTCOME: Outcome = {
  counts: {
    sessions: 2,
    messages: 1_200,
    toolCalls: 1,
    events: 0,
    new: 1_199,
    changed: 3,
    refused: 1,
    unreadable: 2,
  },
  refused: new Map([["source: it is set once", 1]]),
  unreadable: new Map([["transcript: \u001b[2Jtorn", 2]]),
  bytesRead: 5_000,
  fresh: new Set(),
  unknown: [],
  failed: [{ part: part("f0"), reason: "EIO: i/o error" }],
};

const parts = (count: number) => Array.from({ length: count }, (_, n) => part(`p${n}`));

test("it says what was read, new, changed, unchanged, refused, passed over, left and unreadable", () => {
  const left = ["a", "b", "c", "d"].map((name) => ({ what: `/${name}`, reason: "a link" }));
  const chosen = { read: parts(3), unchanged: parts(1_998), older: parts(1) };
  const since = new Date(2026, 9, 5).getTime();
  const reports = [
    reportOf({ ...CLAUDE, left: [...left, { what: "/x", reason: "no session" }] }, chosen, OUTCOME),
    reportOf(OPENCODE, NOTHING, null),
  ];
  expect(reportText(totalOf(reports, false), since)).toBe(
    `Claude Code: 2 sessions, 1,200 messages, 1 tool call and 0 events read from /home/ada/.claude, /home/ada/.config/claude
  1,199 rows new, 3 changed; the rest was there already
  1,998 sessions unchanged since the last import
  1 session left out, last written before 2026-10-05 00:00
  1 record refused
    1 × source: it is set once
  2 broken or unknown things passed over
    2 × transcript: [2Jtorn
  4 not read: a link (/a, /b, /c, …)
  1 not read: no session (/x)
  1 session can't be read
    f0: EIO: i/o error
OpenCode: nothing of it is here
Look into rejected/ in the data directory for what was refused or passed over
`,
  );
});

test("of an import that only looks it says nothing of the record", () => {
  const outcome = { ...OUTCOME, failed: [], refused: new Map() };
  const report = reportOf(CLAUDE, { ...NOTHING, read: parts(2) }, outcome);
  const text = reportText(totalOf([report], true), null);
  expect(text).not.toMatch(/new|changed|rejected/);
});

test("a program is told all counts together, and those of each store", () => {
  const report = reportOf(CLAUDE, { ...NOTHING, read: parts(3) }, OUTCOME);
  const total = totalOf([report, report], false);
  expect(total).toMatchObject({
    dryRun: false,
    sessions: 4,
    messages: 2_400,
    new: 2_398,
    bytesRead: 10_000,
  });
  expect(total.stores).toEqual([report, report]);
  expect(report).toMatchObject({ source: "claude-code", read: 2, unchanged: 0, older: 0 });
});

test("of many reasons the most frequent are told", () => {
  const unreadable = new Map(Array.from({ length: 30 }, (_, n) => [`reason ${n}`, n + 1] as const));
  const { reasons } = reportOf(CLAUDE, NOTHING, { ...OUTCOME, refused: new Map(), unreadable });
  expect(reasons.unreadable).toHaveLength(10);
  expect(reasons.unreadable[0]).toEqual({ reason: "reason 29", count: 30 });
});
