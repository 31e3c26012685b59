import { describe, expect, test } from "vitest";
import { reportText, type Seen } from "../latest/report.ts";
import { together, without } from "./sent.ts";

describe("types that are not listed", () => {
  test.each([
    ["none", { lines: ["user"] }, {}],
    ["a type", { lines: ["new", "user"] }, { lines: ["new"] }],
    ["a kind of its own", { pages: ["a"] }, { pages: ["a"] }],
  ])("%s", (_what, sent, unlisted) => {
    expect(without(sent, { lines: ["assistant", "user"] })).toEqual(unlisted);
  });

  test("of several runs: each type once, by the alphabet", () => {
    expect(together([{ a: ["z", "y"] }, { a: ["y"], b: ["x"] }])).toEqual({
      a: ["y", "z"],
      b: ["x"],
    });
  });
});

describe("what is told of the newest versions", () => {
  const seen: Seen = {
    agent: "OpenCode",
    tested: "1.2.3",
    newest: "1.2.3",
    listed: { events: ["a", "b"] },
    sent: { events: ["a", "b"] },
  };

  test("nothing new", () => {
    expect(reportText([seen], 3, [])).toBe(
      "OpenCode: 1.2.3, as tested\n  sends nothing new\nAll 3 scenarios passed\n",
    );
  });

  test("a newer version, with types that are new, types that are gone, and a scenario that failed", () => {
    const newer = { ...seen, newest: "1.3.0", sent: { events: ["b", "c"], parts: ["d"] } };
    expect(reportText([newer], 2, [{ name: "a turn", reason: "Error: none" }])).toBe(
      `OpenCode: 1.3.0 (tested: 1.2.3)
  sends what is not listed:
    events: c
    parts: d
  did not send what is listed:
    events: a
1 of 3 scenarios failed:
  a turn: Error: none
`,
    );
  });
});
