import { expect, test } from "vitest";
import { callDetails } from "../../src/output/transcript/call/callDetails.ts";
import { row } from "./rows.ts";

test("input field by field, output as it is", () => {
  const input = JSON.stringify({ path: "a.ts", text: "one\ntwo", limit: 3, all: [true] });
  const call = row("toolCall", { input, output: "three\n\nfour\n", outputBytes: 12 });
  expect(callDetails(call)).toEqual([
    "input:",
    "  path: a.ts",
    "  text:",
    "    one",
    "    two",
    "  limit: 3",
    "  all: [",
    "    true",
    "  ]",
    "output:",
    "  three",
    "",
    "  four",
  ]);
});

test.each([
  ["no JSON", '{"comm', ["input:", '  {"comm']],
  ["no object", '["x"]', ["input:", '  ["x"]']],
  ["no fields", "{}", []],
  ["none", null, []],
])("an input that is %s", (_, input, lines) => {
  expect(callDetails(row("toolCall", { input }))).toEqual(lines);
});

test("what was cut is told, and what was not kept", () => {
  const call = row("toolCall", { inputBytes: 1, output: "été", outputBytes: 5_000 });
  expect(callDetails(call)).toEqual([
    "input (1 byte, not kept):",
    "output (cut: 5 of 5,000 bytes):",
    "  été",
  ]);
});

test("an error that the output does not say is told", () => {
  const said = row("toolCall", { output: "Exit code 3\nbad", error: "Exit code 3" });
  expect(callDetails(said)).toEqual(["output:", "  Exit code 3", "  bad"]);
  const unsaid = row("toolCall", { error: "timed out" });
  expect(callDetails(unsaid)).toEqual(["error:", "  timed out"]);
});

test("colours and what else steers a terminal goes", () => {
  const call = row("toolCall", { output: "\u001b[31mred\u001b[0m\u0007 \u202eturned" });
  expect(callDetails(call)).toEqual(["output:", "  red turned"]);
});
