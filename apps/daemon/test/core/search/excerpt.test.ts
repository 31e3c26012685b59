import fc from "fast-check";
import { expect, test } from "vitest";
import { EXCERPT, excerptOf } from "../../../src/core/search/excerpt.ts";
import { parse } from "../../../src/core/search/parse.ts";

const markedIn = (text: string, typed: string) => {
  const { excerpt, marks } = excerptOf(text, parse(typed));
  return marks.map(([start, end]) => excerpt.slice(start, end));
};

test.each([
  ["Why does Login fail?", "login", ["Login"]],
  ["the user_name of it", '"user name"', ["user_name"]],
  ["call getUserName()", "getUserName", ["getUserName"]],
  ["call getUserName()", "user", ["User"]],
  ["on GitHub", "github", ["GitHub"]],
  ["Café au lait", "cafe", ["Café"]],
  ["日本語のテスト", "本語", ["本語"]],
  ["configuration", "conf*", ["configuration"]],
  ["one two three", "one -two", ["one"]],
  ["nothing of it", "else", []],
])("%s: %s", (text, typed, expected) => {
  expect(markedIn(text, typed)).toEqual(expected);
});

test("the piece has the most of what was looked for, on one line", () => {
  const filler = "lorem ipsum dolor sit amet ".repeat(40);
  const text = `alpha first. ${filler}\n\n  alpha and\n\tbeta together ${filler}`;
  const { excerpt } = excerptOf(text, parse("alpha beta"));
  expect(excerpt).toContain("alpha and beta together");
  expect(excerpt.startsWith("…")).toBe(true);
  expect(excerpt.endsWith("…")).toBe(true);
});

test("a text without any of it is shown from its beginning", () => {
  expect(excerptOf("short text", parse("other"))).toEqual({ excerpt: "short text", marks: [] });
});

test("an excerpt is bounded and well formed, its marks are in it, in order", () => {
  const word = fc.constantFrom("alpha", "Beta", "日本", "\u{1F600}", "x".repeat(400), "é", "aB");
  const texts = fc.array(word, { maxLength: 120 }).map((all) => all.join(" "));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: "binary" })), fc.string(), (text, typed) => {
      for (const query of [parse(typed), parse("alpha beta 日")]) {
        const { excerpt, marks } = excerptOf(text, query);
        expect(excerpt.length).toBeLessThanOrEqual(EXCERPT);
        expect(excerpt.isWellFormed()).toBe(true);
        let last = 0;
        for (const [start, end] of marks) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(excerpt.length);
      }
    }),
  );
});
