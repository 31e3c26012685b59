import { Source } from "@duolog/contract";
import { expect, test } from "vitest";
import { inferSource } from "../../src/core/merge.ts";

const { opencode, claude_code: claude } = Source;

test.each([
  ["none, none", null, false, null, null, false],
  ["none, one inferred", null, false, opencode, opencode, true],
  ["inferred, none", opencode, true, null, opencode, true],
  ["two inferred: the lexically smaller", opencode, true, claude, claude, true],
  ["two inferred, the other way round", claude, true, opencode, claude, true],
  ["declared, inferred", opencode, false, claude, opencode, false],
])("M1: %s", (_name, source, sourceInferred, inferred, expected, isInferred) => {
  expect(inferSource({ source, sourceInferred }, inferred)).toEqual({
    source: expected,
    sourceInferred: isInferred,
  });
});
