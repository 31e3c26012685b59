import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { type Left, Source } from "@duolog/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type ImportState,
  loadImportState,
  nextState,
  saveImportState,
} from "../../src/import/importState.ts";
import type { Part, Store } from "../../src/stores/store.ts";
import { part } from "./parts.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "duolog-state-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const LEFT = ["/x", "/y"].map((what) => ({ what, reason: "a link" }));
const PLACES = ["/c"];
const STATE: ImportState = {
  database: "7-1",
  agents: new Map([
    [
      Source.claude_code,
      { translator: 3, parts: new Map([["a", "1"]]), whole: null, places: PLACES, left: LEFT },
    ],
    [
      Source.opencode,
      { translator: 1, parts: new Map([["__proto__", "2"]]), whole: "w", places: [], left: [] },
    ],
  ]),
};

test("what was written is read for the same database, by the user alone", () => {
  const paths = dataPaths(root);
  expect(loadImportState(paths, "7-1")).toBeNull();
  saveImportState(paths, STATE);
  expect(loadImportState(paths, "7-1")).toEqual(STATE);
  expect(loadImportState(paths, "8-1")).toBeNull();
  expect(loadImportState(paths, null)).toBeNull();
  expect(readdirSync(root)).toEqual(["import-state.json"]);
  expect(statSync(join(root, "import-state.json")).mode & 0o777).toBe(0o600);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"format":0}',
  '{"format":1,"database":"7-1"}',
  '{"format":1,"database":"7-1","agents":{"opencode":1}}',
])("a file that holds %j is none", (text) => {
  writeFileSync(join(root, "import-state.json"), text);
  expect(loadImportState(dataPaths(root), "7-1")).toBeNull();
});

function store(parts: Part[], more: Partial<Store> = {}): Store {
  const source = Source.claude_code;
  const none = { whole: null, left: [], close() {} };
  return { source, translator: 3, places: PLACES, parts, ...none, ...more };
}

const [a, b, c] = ["a", "b", "c"].map((id) => part(id, { fingerprint: `${id} now` }));
const ALL = [a, b, c].map((one) => one as Part);

/** The state of one agent, after an import of its parts. */
function after(
  known: Record<string, string>,
  chosen: { read?: Part[]; unchanged?: Part[]; older?: Part[]; failed?: Part[] },
  { isOfAll = true, translator = 3 } = {},
) {
  const { read = [], unchanged = [], older = [], failed = [] } = chosen;
  const none = { whole: null, places: PLACES, left: [] };
  const taken = { translator, parts: new Map(Object.entries(known)), ...none };
  const before = { database: "7-1", agents: new Map([[Source.claude_code, taken]]) };
  const outcome = { failed: failed.map((part) => ({ part, reason: "no" })) } as never;
  const task = { store: store(ALL), chosen: { read, unchanged, older }, outcome };
  const { agents } = nextState(before, "7-1", [task], isOfAll);
  return Object.fromEntries(agents.get(Source.claude_code)?.parts ?? []);
}

const [A, B, C] = ALL as [Part, Part, Part];

test("what was read is known as it is now, what was not as before", () => {
  expect(
    after({ a: "a then", b: "b now", c: "c then" }, { read: [A], unchanged: [B], older: [C] }),
  ).toEqual({
    a: "a now",
    b: "b now",
    c: "c then",
  });
});

test("what could not be read is not known", () => {
  expect(after({ a: "a then", b: "b now" }, { read: [A], unchanged: [B], failed: [A] })).toEqual({
    b: "b now",
  });
});

test.each([
  [true, { a: "a now" }],
  [false, { a: "a now", gone: "1" }],
])("what is gone is forgotten where everything was looked into: %s", (isOfAll, expected) => {
  expect(after({ gone: "1" }, { read: [A] }, { isOfAll })).toEqual(expected);
});

test("what another version of the translation read is forgotten", () => {
  expect(
    after({ a: "a now", b: "b now" }, { read: [A] }, { translator: 2, isOfAll: false }),
  ).toEqual({
    a: "a now",
  });
});

test("what was left is kept; other agents and another record stand as they are", () => {
  const none = { chosen: { read: [], unchanged: [], older: [] }, outcome: null };
  const tasks = [
    { store: store([], { left: LEFT }), ...none },
    { store: store([A], { source: null }), ...none },
  ];
  const { agents } = nextState(STATE, "7-1", tasks, false);
  expect(agents).toEqual(STATE.agents);
});

test.each([
  ["all of everything was taken", {}, true, "now"],
  ["a place was named", {}, false, null],
  ["--since left out some", { older: [B] }, true, null],
  ["some could not be read", { failed: [B] }, true, null],
  [
    "a place could not be read",
    { left: [{ what: "/x", reason: "no", isFault: true }] },
    true,
    null,
  ],
])("the fingerprint of all is known where %s", (_what, chosen, isOfAll, expected) => {
  const {
    older = [],
    failed = [],
    left = [],
  } = chosen as {
    older?: Part[];
    failed?: Part[];
    left?: Left[];
  };
  const task = {
    store: store(ALL, { whole: "now", left }),
    chosen: { read: [A], unchanged: [], older },
    outcome: { failed: failed.map((part) => ({ part, reason: "no" })) } as never,
  };
  const { agents } = nextState(null, "7-1", [task], isOfAll);
  expect(agents.get(Source.claude_code)?.whole).toBe(expected);
});
