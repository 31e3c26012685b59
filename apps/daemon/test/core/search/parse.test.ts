import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expressionOf } from "../../../src/core/search/expression.ts";
import { parse } from "../../../src/core/search/parse.ts";

const NONE = { all: [], none: [] };
const expressed = (typed: string) => expressionOf(parse(typed), NONE).replaceAll(/[()]/g, "");

describe("what a person types", () => {
  test.each([
    ["one two", '"one" AND "two"'],
    ['"one two"', '"one two"'],
    ['say "one two" now', '"say" AND "one two" AND "now"'],
    ["pre*", '"pre" *'],
    ["one -two", '"one" NOT "two"'],
    ['one -"two three" -four', '"one" NOT "two three" OR "four"'],
    ["one two OR three", '"one" AND "two" OR "three"'],
    ["src/auth/login.ts", '"src auth login ts"'],
    ["foo_bar", '"foo bar"'],
    ["getUserName", '"get User Name" OR "getusername"'],
    ["GitHub", '"Git Hub" OR "github"'],
    ['"use GitHub now"', '"use Git Hub GitHub now" OR "use github now"'],
    ["日本", '"日本"'],
    ["日本語", '"日本 本語"'],
    ["語", '"語" *'],
    ["React的", '"React 的" *'],
  ])("%s", (typed, expected) => {
    expect(expressed(typed)).toBe(expected);
  });
});

describe("what is no syntax is taken as words", () => {
  test.each([
    ['"one two', '"one" AND "two"'],
    ["-one", '"one"'],
    ["--no-verify", '"no verify"'],
    ["one -", '"one"'],
    ["OR one", '"OR" AND "one"'],
    ["one OR", '"one" AND "OR"'],
    ["one AND two", '"one" AND "AND" AND "two"'],
    ["ab*", '"ab"'],
    ["NEAR(one two)", '"NEAR one" AND "two"'],
    ["text:one ^two", '"text one" AND "two"'],
  ])("%s", (typed, expected) => {
    expect(expressed(typed)).toBe(expected);
  });

  test.each(["", "  ", "***", '""', "-", "?!", '"(^'])("%j has no words", (typed) => {
    expect(parse(typed)).toEqual([]);
  });
});

test("a query is bounded, however long it is", () => {
  const [group] = parse(Array.from({ length: 5_000 }, (_, n) => `w${n}`).join(" "));
  expect(group?.all).toHaveLength(32);
  const [phrase] = parse(`"${"w ".repeat(5_000)}"`);
  expect(phrase?.all[0]?.[0]?.words).toHaveLength(32);
});

test("whatever is typed is understood", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (typed) => {
      for (const { all } of parse(typed)) expect(all.length).toBeGreaterThan(0);
    }),
  );
});
