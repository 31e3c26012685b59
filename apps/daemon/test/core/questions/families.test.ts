import { expect, test } from "vitest";
import { familyOf, rootOf } from "../../../src/core/questions/families.ts";

const LINKS = [
  ["b", "a"],
  ["c", "b"],
  ["d", "a"],
  ["y", "x"],
  ["x", "y"],
] as const;

test.each([
  [["a"], ["a", "b", "d", "c"]],
  [["b"], ["b", "c"]],
  [["c"], ["c"]],
  [["gone"], ["gone"]],
  [
    ["c", "a"],
    ["c", "a", "b", "d"],
  ],
  // What started each other, in a damaged record.
  [["x"], ["x", "y"]],
  [[], []],
])("the family of %j is %j", (ids, family) => {
  expect(familyOf(ids, LINKS)).toEqual(family);
});

test.each([
  ["c", "a"],
  ["a", "a"],
  ["gone", "gone"],
  ["x", "y"],
])("the root of %s is %s", (id, root) => {
  expect(rootOf(id, new Map(LINKS))).toBe(root);
});
