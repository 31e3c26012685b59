import { type HistoryPart, Source } from "@duolog/contract";
import { expect, test } from "vitest";
import { type Before, wantedOf } from "../src/heal/wanted.ts";
import type { AgentStore } from "../src/stores/store.ts";

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

/** A part that was last written so many minutes ago. */
function part(id: string, minutesAgo: number, more: Partial<HistoryPart> = {}): HistoryPart {
  const writtenAt = NOW - minutesAgo * MINUTE;
  return { id, fingerprint: id, writtenAt, bytes: 1, read: () => [], ...more };
}

const STORE: AgentStore = {
  source: Source.opencode,
  translator: 2,
  places: [],
  whole: "w",
  parts: [
    part("known", 500),
    part("old", 400),
    part("come", 20),
    part("list", 20, { ofMany: true }),
  ],
  left: [],
  live: () => [],
  namesOf: () => [],
  close() {},
};

const BEFORE: Before = { lookedAt: NOW - 30 * MINUTE, heardAt: 0, whole: "2 before" };

test.each<
  [
    string,
    {
      parts?: HistoryPart[];
      before?: Before | null;
      known?: boolean;
      live?: boolean;
      named?: string[];
    },
    string[],
    boolean,
  ]
>([
  ["what is recorded, and what came since the last look", {}, ["known", "come"], true],
  ["what is asked for alone", { known: false, named: ["old"] }, ["old"], false],
  ["what is asked for besides", { named: ["old"] }, ["old", "known", "come"], true],
  ["an agent of which nothing was recorded", { before: null }, ["known"], true],
  ["nothing was written since the last look", { before: { ...BEFORE, whole: "2 w" } }, [], true],
  [
    "it was looked at by an earlier translation",
    { before: { ...BEFORE, whole: "1 w" } },
    ["known", "come"],
    true,
  ],
  [
    "the same, where that is no matter",
    { live: true, parts: [part("known", 0.5), part("come", 0.5)] },
    ["known", "come"],
    true,
  ],
  [
    "one that somebody works in waits",
    { parts: [part("known", 0.5), part("come", 0.5)] },
    [],
    false,
  ],
  ["one that somebody worked in at the last look", { parts: [part("come", 30.5)] }, ["come"], true],
])(
  "%s",
  (_what, { parts, before = BEFORE, known = true, live = false, named = [] }, ids, isWhole) => {
    const store = parts ? { ...STORE, parts } : STORE;
    const wanted = wantedOf(store, new Set(["known"]), before, { named, known, live, now: NOW });
    expect(wanted.parts.map(({ id }) => id)).toEqual(ids);
    expect(wanted.isWhole).toBe(isWhole);
  },
);
