import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasMoreParts, splitFrame } from "../../src/server/splitFrame.ts";

const split = (text: string, most: number) => {
  const parts = splitFrame(Buffer.from(text), most);
  return parts && [...parts].map(String);
};

test.each([
  ["[[[", 2, true],
  ["[[[", 3, false],
  ['{"a":[1,2]}', 3, false],
  ['{"a":[1,2]}', 2, true],
  ['"[[[[[[",1', 1, false],
  ['"a\\"[[[[",{}', 1, true],
  ["1,2,3,4", 3, false],
])("parts of %s beyond %i: %s", (text, most, expected) => {
  expect(hasMoreParts(Buffer.from(text), most)).toBe(expected);
});

describe("a frame of many calls as frames of few", () => {
  test.each([
    ["no array", '{"a":[1,2,3]}', null],
    ["empty", "", null],
    ["no elements", "[]", null],
    ["as many as one part holds", "[1,2]", null],
    ["one more", "[1,2,3]", ["[1,2]", "[3]"]],
    ["two parts, whole", "[1,2,3,4]", ["[1,2]", "[3,4]"]],
    ["brackets and commas in strings", '["],[",",",3]', ['["],[",","]', "[3]"]],
    ["escaped quotes", '["\\"","\\\\","\\\\\\","]', ['["\\"","\\\\"]', '["\\\\\\","]']],
    ["nested", '[[1,2],{"a":[3,4]},{}]', ['[[1,2],{"a":[3,4]}]', "[{}]"]],
    ["an array that never ends", "[1,2,3", ["[1,2]", "[3]"]],
    ["a string that never ends", '[1,2,"3,4', ["[1,2]", '["3,4]']],
    ["more behind the array", "[1,2,3],4", ["[1,2]", "[3]"]],
    ["brackets that close what was never opened", "[1,2,3}]", ["[1,2]", "[3]"]],
  ])("%s", (_, text, parts) => {
    expect(split(text, 2)).toEqual(parts);
  });

  test("the parts hold all elements, in order, and none more than its share", () => {
    const anything = fc.array(fc.jsonValue(), { maxLength: 30 });
    fc.assert(
      fc.property(
        anything,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (elements, most, wide) => {
          const parts = split(JSON.stringify(elements, null, wide ? 2 : 0), most);
          if (elements.length <= most) {
            expect(parts).toBeNull();
            return;
          }
          const parsed = (parts ?? []).map((part) => JSON.parse(part) as unknown[]);
          expect(parsed.flat(1)).toEqual(JSON.parse(JSON.stringify(elements)));
          expect(Math.max(...parsed.map(({ length }) => length))).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("whatever the bytes are, it ends", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const frames = bytes.map((tail) => Buffer.concat([Buffer.from("["), tail]));
    fc.assert(
      fc.property(frames, (frame) => {
        const parts = [...(splitFrame(frame, 1) ?? [])];
        expect(parts.length).toBeLessThanOrEqual(frame.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
