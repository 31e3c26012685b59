import { expect, test } from "vitest";
import { eventLines } from "../../src/output/transcript/event/eventLines.ts";
import { row } from "./rows.ts";

const BESIDE = { said: new Set<string>(), whole: false };
const WHOLE = { ...BESIDE, whole: true };

test.each([
  [
    "compaction",
    { trigger: "manual", tokensBefore: 16_257, tokensAfter: 2_616 },
    "So far …",
    "·· compaction · manual · 16,257 → 2,616 tokens · a summary of 8 characters",
  ],
  [
    "compaction",
    { what: "tool results", tokensBefore: 9_000, tokensSaved: 4_000 },
    null,
    "·· compaction · tool results · 9,000 tokens · saved 4,000",
  ],
  [
    "retry",
    { status: 500, attempt: 2, maxAttempts: 10 },
    "Internal error",
    "·· retry · attempt 2 of 10 · status 500 · Internal error",
  ],
  ["retry", { attempt: 1 }, "Overloaded", "·· retry · attempt 1 · Overloaded"],
  ["error", { status: 400 }, "bad\nrequest", "·· error · status 400 · bad request"],
  ["interrupt", null, "[Request interrupted]", "·· interrupt · [Request interrupted]"],
  ["permission", { mode: "plan", from: "default" }, null, "·· permission · default → plan"],
  [
    "permission",
    { request: "per_1", permission: "bash", patterns: ["ls *", "cat"] },
    null,
    "·· permission · bash · ls *, cat",
  ],
  ["permission", { request: "per_1", decision: "reject" }, null, "·· permission · reject"],
  ["model", { model: "new", from: "old" }, "new", "·· model · old → new"],
  ["rename", { by: "user" }, "A name", "·· rename · by the user · A name"],
  ["revert", { boundary: "msg_1" }, null, "·· revert · to before msg_1 · for good"],
  ["revert", { to: "msg_1", undone: true }, null, "·· revert · to before msg_1 · undone"],
  ["fork", { from: "s0", upTo: "x" }, null, "·· fork · of s0"],
  ["cwd", { from: "/w/a", to: "/w/b" }, null, "·· cwd · /w/a → /w/b"],
  [
    "injected",
    { what: "command" },
    "<command-name>/model</command-name>\n  <command-args>x < y</command-args>",
    "·· injected · command · /model x < y",
  ],
  ["reply", { what: "refusal" }, "Use the other file", "·· reply · Use the other file"],
  ["archive", null, null, "·· archive"],
  ["novelty", { some: "thing" }, "of tomorrow", "·· novelty · of tomorrow"],
  ["constructor", {}, null, "·· constructor"],
  [null, null, "something", "·· event · something"],
])("%s %o", (kind, data, text, line) => {
  const event = row("event", { kind, data: data && JSON.stringify(data), text });
  expect(eventLines(event, BESIDE)).toEqual([line]);
});

test("a long text is shortened, and whole where that is wanted", () => {
  const text = `one\n${"x".repeat(200)}`;
  const event = row("event", { kind: "injected", data: '{"what":"note"}', text });
  expect(eventLines(event, BESIDE)).toEqual([`·· injected · note · one ${"x".repeat(95)}…`]);
  expect(eventLines(event, WHOLE)).toEqual(["·· injected · note", "  one", `  ${"x".repeat(200)}`]);
  const short = row("event", { kind: "injected", data: '{"what":"note"}', text: "short" });
  expect(eventLines(short, WHOLE)).toEqual(["·· injected · note · short"]);
});

test("what a message says is not said again", () => {
  const said = new Set(["the same"]);
  const lines = (kind: string) =>
    eventLines(row("event", { kind, text: "the same" }), { said, whole: true });
  expect(lines("error")).toEqual([]);
  expect(lines("interrupt")).toEqual([]);
  expect(lines("compaction")).toEqual(["·· compaction"]);
});
