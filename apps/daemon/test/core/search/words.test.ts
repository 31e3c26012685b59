import fc from "fast-check";
import { expect, test } from "vitest";
import { prepare, wordsOf } from "../../../src/core/search/words.ts";

const words = (text: string) => prepare(text).split(/\s+/).filter(Boolean);

test.each([
  ["plain words, as they are", ["plain", "words,", "as", "they", "are"]],
  ["getUserName", ["get", "User", "Name"]],
  ["GitHub is whole too", ["Git", "Hub", "GitHub", "is", "whole", "too"]],
  ["HTTPServer", ["HTTP", "Server", "HTTPServer"]],
  ["sha256Hash utf8 V2", ["sha256", "Hash", "sha256Hash", "utf8", "V2"]],
  ["naïveFoo", ["naïve", "Foo", "naïveFoo"]],
  ["日本語", ["日本", "本語", "語"]],
  ["字", ["字"]],
  ["使用React的", ["使用", "用", "React", "的"]],
  ["한국어 テスト", ["한국", "국어", "어", "テス", "スト", "ト"]],
  ["\u{20000}\u{20001}", ["\u{20000}\u{20001}", "\u{20001}"]],
  // What names a facet can't be typed.
  ["\uE000abc", ["abc"]],
])("%s", (text, expected) => {
  expect(words(text)).toEqual(expected);
});

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.stringMatching(/^[a-zA-Z0-9_ ./-]{0,60}$/),
  fc
    .array(fc.constantFrom("日", "本", "カ", "한", "é", "aB", "HTTPx", " ", "-", "\u{20000}"))
    .map((all) => all.join("")),
);

test("the words of a text are those of the prepared one, each where it stands", () => {
  fc.assert(
    fc.property(text, (typed) => {
      const told = typed.normalize("NFC").replace(/\p{Co}/gu, " ");
      const found = [...wordsOf(told)];
      const prepared = prepare(told).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
      expect(found.map(({ word }) => word)).toEqual(prepared);
      for (const { word, start, end } of found) expect(told.slice(start, end)).toBe(word);
    }),
  );
});
