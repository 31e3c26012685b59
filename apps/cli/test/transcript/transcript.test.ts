import { expect, test } from "vitest";
import { when } from "../../src/output/text.ts";
import type { Shown } from "../../src/output/transcript/shown.ts";
import { transcript } from "../../src/output/transcript/transcript.ts";
import { row, shown, T } from "./rows.ts";

const FOLDED = { tools: false, reasoning: false };

/** The lines behind the header. */
function body(session: Shown, detail = FOLDED): string[] {
  const [, ...rest] = transcript(session, detail).split("\n\n");
  return rest.join("\n\n").trimEnd().split("\n");
}

test("a message, its calls folded, a sub-agent behind a bar, events together", () => {
  const session = shown(
    {
      messages: [
        row("message", { id: "m1", role: "user", createdAt: T, textContent: "Do it\n\nnow" }),
        row("message", { id: "m2", role: "assistant", createdAt: T + 1, textContent: "Well" }),
        row("message", { id: "a1", role: "user", createdAt: T + 2, agentId: "A", agent: "scout" }),
      ],
      toolCalls: [
        row("toolCall", {
          id: "c1",
          messageId: "m2",
          position: 1,
          name: "Read",
          kind: "read",
          status: "success",
          filePath: "/w/app/a.ts",
        }),
        row("toolCall", {
          id: "c2",
          messageId: "m2",
          position: 2,
          name: "Agent",
          kind: "task",
          status: "running",
          childAgentId: "A",
        }),
        row("toolCall", {
          id: "c3",
          messageId: "m2",
          position: 3,
          name: "Agent",
          kind: "task",
          status: "success",
          childSessionId: "ses_gone",
        }),
      ],
      events: [
        row("event", { id: "e1", kind: "archive", createdAt: T + 3 }),
        row("event", { id: "e2", kind: "delete", createdAt: T + 4 }),
      ],
    },
    { projectPath: "/w/app" },
  );
  expect(body(session)).toEqual([
    `── user · ${when(T)}`,
    "  Do it",
    "",
    "  now",
    "",
    `── assistant · ${when(T)}`,
    "  Well",
    "  • Read  a.ts",
    "  … task Agent · still running",
    "    ┌ sub-agent scout · A · 1 message",
    `    │ ── user · ${when(T)}`,
    "    └",
    "  • task Agent",
    "    ↳ sub-agent ses_gone",
    "",
    `·· archive · ${when(T)}`,
    `·· delete · ${when(T)}`,
  ]);
});

test("the header counts tool calls by kind and how they ended", () => {
  const calls = [
    ["read", "success"],
    ["shell", "error"],
    ["shell", "denied"],
    [null, "interrupted"],
    ["shell", "running"],
  ];
  const toolCalls = calls.map(([kind, status], n) => {
    return row("toolCall", { id: `c${n}`, kind, status });
  });
  expect(transcript(shown({ toolCalls }), FOLDED)).toMatch(
    /^Tool calls +5: 3 shell, 1 read, 1 other; 1 failed; 1 denied; 1 interrupted; 1 still running$/m,
  );
  expect(transcript(shown({}), FOLDED)).not.toContain("Tool calls");
});

test("reasoning is shown where it is wanted, with what was cut of it", () => {
  const session = shown({
    messages: [
      row("message", { id: "m1", textContent: "Said", reasoningText: "a\n\nb", reasoningBytes: 4 }),
      row("message", { id: "m2", reasoningText: "part", reasoningBytes: 2_000 }),
    ],
  });
  expect(body(session)).toEqual(["── message", "  Said", "", "── message"]);
  expect(body(session, { tools: false, reasoning: true })).toEqual([
    "── message",
    "  ┆ thinking",
    "  ┆ a",
    "  ┆",
    "  ┆ b",
    "  Said",
    "",
    "── message",
    "  ┆ thinking (cut: 4 of 2,000 bytes)",
    "  ┆ part",
  ]);
});

test("removed messages, errors, attachments, sub-agents without an id", () => {
  const attachments = JSON.stringify([
    { name: "a.png", type: "image/png", bytes: 2_048 },
    { path: "/w/b.txt" },
    {},
  ]);
  const session = shown({
    messages: [
      row("message", { id: "m1", role: "user", textContent: "Look", attachments, removedAt: T }),
      row("message", { id: "m2", role: "assistant", textContent: "Half", error: "aborted" }),
      row("message", { id: "m3", role: "assistant", isSidechain: true, promptTokens: 1_000 }),
    ],
  });
  expect(body(session)).toEqual([
    "── user · removed",
    "  Look",
    "  + a.png · image/png · 2,048 bytes",
    "  + /w/b.txt",
    "  + attachment",
    "",
    "── assistant · error",
    "  Half",
    "  aborted",
    "",
    "── assistant · sub-agent · 1,000 in, 0 tokens out",
  ]);
});

test("prompts that are known from elsewhere are shown where no message is", () => {
  const events = [
    row("event", { id: "p", kind: "prompt", text: "Typed" }),
    row("event", { id: "d", kind: "delete" }),
  ];
  expect(body(shown({ events }))).toEqual(["·· prompt · Typed", "·· delete"]);
  const messages = [row("message", { id: "m", role: "user", textContent: "Typed" })];
  expect(body(shown({ events, messages }))).toEqual(["── user", "  Typed", "", "·· delete"]);
  const long = row("event", { id: "l", kind: "prompt", text: `Typed\n${"x".repeat(200)}` });
  expect(body(shown({ events: [long] }))).toEqual(["·· prompt", "  Typed", `  ${"x".repeat(200)}`]);
});
