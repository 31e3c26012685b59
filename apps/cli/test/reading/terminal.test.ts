import { expect, test } from "vitest";
import { pagerOf } from "../../src/output/terminal/pager.ts";
import { paintFor } from "../../src/output/terminal/paint.ts";

test.each([
  [{}, ["less", "-FRX"]],
  [{ PAGER: "more" }, ["more"]],
  [{ PAGER: " less  -S +G " }, ["less", "-S", "+G"]],
  // Words, not a shell's: what a shell would do is handed on as it is.
  [{ PAGER: "sh -c 'less; true'" }, ["sh", "-c", "'less;", "true'"]],
  [{ PAGER: "" }, null],
  [{ PAGER: "  " }, null],
  [{ PAGER: "cat" }, null],
])("of %j the pager is %j", (env, pager) => {
  expect(pagerOf(env)).toEqual(pager);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  // Set and empty is not set: no-color.org.
  [{ NO_COLOR: "" }, true, true],
  [{ TERM: "dumb" }, true, false],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "3", NO_COLOR: "1" }, false, true],
])("with %j, in a terminal: %j, there is colour: %j", (env, isTerminal, isColoured) => {
  const painted = paintFor(env, isTerminal).heading("x");
  expect(painted === "x").toBe(!isColoured);
  expect(painted).toContain("x");
});
