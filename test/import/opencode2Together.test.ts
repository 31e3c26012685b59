import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type IngestRecord, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import { openHistory } from "@duolog/opencode-plugin/store";
import fc from "fast-check";
import Database from "libsql";
import { describe, expect, test, vi } from "vitest";
import { MergedRows } from "../harness/mergedRows.ts";
import { type Captured, readRecording, translateAll } from "../recordings/v2/replay.ts";
import { RECORDINGS } from "../recordings/v2/storeRows.ts";
import { temporary } from "../upgrade/files.ts";

vi.setConfig({ testTimeout: 60_000 });

const EVENTS = RECORDINGS.flatMap(readRecording);
const LIVE = RECORDINGS.flatMap((name) => translateAll(readRecording(name)));
const STORE = readStore();

/** What the database tells that OpenCode 2 made of these events. */
function readStore(): IngestRecord[] {
  using directory = temporary();
  const path = join(directory.path, "opencode.db");
  const db = new Database(path);
  const sql = new URL("../fixtures/opencode-2/opencode-v2.sql", import.meta.url);
  db.exec(readFileSync(sql, "utf8"));
  db.close();
  const history = openHistory({ places: [path], now: 1_791_700_000_000 });
  const found = history.parts.flatMap((part) => [...part.read()]);
  history.close();
  expect(found.flatMap(({ unreadable }) => unreadable)).toEqual([]);
  return found.flatMap(({ records }) => records);
}

type Facts = Record<string, unknown>;

const OWN = ["observedAt", "observedSeq", "stamps"];
/** What of a session live capture may know later or more of than the store. */
const OF_SESSIONS = ["status", "error", "updatedAt", "endedAt"];
/** An answer that never ended: no row says when it was last told of. */
const KILLED = "message ses_edc515f1fffegQ2wgGoIK0ucYw msg_123aea126001OQEgiOcYsSWskQ";

/** The fields of which one of them may know more than the other. */
function later(key: string): string[] {
  if (key.startsWith("session ")) return OF_SESSIONS;
  return key === KILLED ? ["updatedAt"] : [];
}

/** What rows tell, by kind, session and id. */
function factsOf(records: readonly IngestRecord[]): Map<string, Facts> {
  const merged = new MergedRows().add(records);
  const facts = KINDS_IN_ORDER.flatMap((kind: Kind) =>
    merged.of(kind).map((row): [string, Facts] => {
      const { id, sessionId = "" } = row as { id: string; sessionId?: string };
      const told = Object.entries(row).filter(
        ([field, value]) => value !== null && value !== false && !OWN.includes(field),
      );
      return [`${kind} ${sessionId} ${id}`, Object.fromEntries(told)];
    }),
  );
  return new Map(facts);
}

const LIVE_FACTS = factsOf(LIVE);
const STORE_FACTS = factsOf(STORE);
const ALL_FACTS = factsOf([...LIVE, ...STORE]);

/** The facts less what of a session only one of them may know. */
function less(facts: Facts | undefined, ...fields: string[]): Facts {
  return Object.fromEntries(
    Object.entries(facts ?? {}).filter(([field]) => !fields.includes(field)),
  );
}

test("where both tell a field of a row, they tell the same", () => {
  for (const [key, stored] of STORE_FACTS) {
    const live = LIVE_FACTS.get(key);
    if (!live) continue;
    const shared = Object.keys(stored).filter(
      (field) => field in live && !later(key).includes(field),
    );
    const of = (facts: Facts) => Object.fromEntries(shared.map((field) => [field, facts[field]]));
    expect([key, of(live)]).toEqual([key, of(stored)]);
  }
});

describe("what only one of them tells", () => {
  const only = (a: Map<string, Facts>, b: Map<string, Facts>) =>
    [...a]
      .filter(([key]) => !b.has(key))
      .map(([key, { kind }]) => `${key.split(" ")[0]} ${kind ?? ""}`.trim());

  test("of rows: the store a fork's copies; events what is gone, and what no row keeps", () => {
    expect(only(STORE_FACTS, LIVE_FACTS)).toEqual(["message", "message", "message", "message"]);
    const live = new Set(only(LIVE_FACTS, STORE_FACTS));
    // Of 11, which was deleted, and of 10, in which two were taken back.
    expect([...live].toSorted()).toEqual([
      "event delete",
      "event retry",
      "event revert",
      "message",
      "session",
    ]);
  });

  test("together they hold all that either tells", () => {
    for (const facts of [LIVE_FACTS, STORE_FACTS]) {
      for (const [key, row] of facts) {
        expect([key, less(ALL_FACTS.get(key), ...later(key))]).toMatchObject([
          key,
          less(row, ...later(key)),
        ]);
      }
    }
    for (const [key, row] of LIVE_FACTS) expect(ALL_FACTS.get(key)).toMatchObject(less(row));
  });
});

const RUNS = { numRuns: 60 };

/** Records in some order. */
const shuffled = (records: IngestRecord[]) =>
  fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length });

test("in any order and with repetitions: the same rows", () => {
  fc.assert(
    fc.property(shuffled([...LIVE, ...STORE]), fc.subarray(LIVE), (records, again) => {
      expect(factsOf([...records, ...again])).toEqual(ALL_FACTS);
    }),
    RUNS,
  );
});

/** Live capture by several processes, which began and ended at these places and missed what was between. */
function captured(events: readonly Captured[], cuts: readonly number[]): IngestRecord[] {
  const places = [...new Set(cuts)].toSorted((a, b) => a - b);
  const ends = [0, ...places, events.length];
  const heard = ends.slice(1).map((end, i) => events.slice(ends[i], end));
  return heard.filter((_events, i) => i % 2 === 0).flatMap(translateAll);
}

test("whatever live capture heard and whatever it missed, the store makes whole what it has", () => {
  const cuts = fc.array(fc.nat(EVENTS.length), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, fc.boolean(), (places, isFirst) => {
      const live = captured(EVENTS, places);
      const facts = factsOf(isFirst ? [...live, ...STORE] : [...STORE, ...live]);
      for (const [key, row] of STORE_FACTS) {
        expect([key, less(facts.get(key), ...later(key))]).toMatchObject([
          key,
          less(row, ...later(key)),
        ]);
      }
    }),
    RUNS,
  );
});
