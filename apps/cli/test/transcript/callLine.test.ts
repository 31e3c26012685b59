import { expect, test } from "vitest";
import { callLine } from "../../src/output/transcript/call/callLine.ts";
import { row } from "./rows.ts";

const BASH = { name: "Bash", kind: "shell", input: '{"command":"make"}' };

test.each([
  [{ status: "success", durationMs: 147 }, "• shell Bash  make · 147 ms"],
  [
    { status: "error", error: "Exit code 3\nmore", durationMs: 6_217 },
    "✗ shell Bash  make · failed: Exit code 3 more · 6.2 s",
  ],
  [{ status: "error" }, "✗ shell Bash  make · failed"],
  [{ status: "error", data: '{"exitCode":2}' }, "✗ shell Bash  make · failed: exit code 2"],
  [{ status: "success", data: '{"exitCode":2}' }, "• shell Bash  make · exit code 2"],
  [{ status: "success", data: '{"exitCode":0}' }, "• shell Bash  make"],
  [{ status: "denied", error: "The user doesn't want" }, "⊘ shell Bash  make · denied"],
  [{ status: "interrupted" }, "■ shell Bash  make · interrupted"],
  [
    { status: "interrupted", statusInferred: true },
    "■ shell Bash  make · interrupted (it never ended)",
  ],
  [{ status: "running" }, "… shell Bash  make · still running"],
  [{ status: "paused" }, "? shell Bash  make · paused"],
  [{ status: null }, "? shell Bash  make"],
])("%o", (fields, line) => {
  expect(callLine(row("toolCall", { ...BASH, ...fields }), null)).toBe(line);
});

test.each([
  [{ name: "Read", kind: "read" }, "• Read"],
  [{ name: "Grep", kind: "search" }, "• search Grep"],
  [{ name: "mcp__git__log", kind: "mcp" }, "• mcp__git__log"],
  [{ name: "wonder", kind: "other" }, "• wonder"],
  [{ name: "wonder", kind: null }, "• wonder"],
  [{ name: null, kind: "shell" }, "• shell"],
  [{ name: null, kind: null }, "• tool"],
])("the name of %o", (fields, line) => {
  expect(callLine(row("toolCall", { status: "success", ...fields }), null)).toBe(line);
});

test("a long command is shortened", () => {
  const input = JSON.stringify({ command: "x".repeat(5_000) });
  const line = callLine(row("toolCall", { ...BASH, status: "success", input }), null);
  expect(line).toBe(`• shell Bash  ${"x".repeat(99)}…`);
});
