import { expect, test } from "vitest";
import { chooseParts } from "../../src/import/chooseParts.ts";
import { part } from "./parts.ts";

const A = part("a", { fingerprint: "1", writtenAt: 100 });
const B = part("b", { fingerprint: "2", writtenAt: 200 });
const C = part("c", { fingerprint: "3", writtenAt: 300 });

test.each([
  ["nothing is known: all is read", null, null, { read: [A, B, C], unchanged: [], older: [] }],
  [
    "what was taken as it is is not read again",
    new Map([
      ["a", "1"],
      ["b", "another"],
    ]),
    null,
    { read: [B, C], unchanged: [A], older: [] },
  ],
  [
    "what was last written before is left out, unless it is known as it is",
    new Map([["a", "1"]]),
    300,
    { read: [C], unchanged: [A], older: [B] },
  ],
])("%s", (_what, taken, since, expected) => {
  expect(chooseParts([A, B, C], taken, since)).toEqual(expected);
});
