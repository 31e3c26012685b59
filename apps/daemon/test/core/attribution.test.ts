import { describe, expect, test } from "vitest";
import { inferMessageSource, inferSessionSource } from "../../src/core/attribution.ts";

const session = { id: "x", provider: null, model: null, title: null };
const message = { id: "m", sessionId: "x", provider: null, model: null };
const uuid = "5f0c1a52-0000-4000-8000-000000000001";

describe("backfill: a session's source", () => {
  test.each([
    ["opencode-session-id", { id: "ses_dfd0eb893ffeiiiQg9T8ftSj2h" }, "opencode"],
    ["opencode-session-id", { id: "ses_1", provider: "anthropic", model: "claude-x" }, "opencode"],
    ["claude-session-uuid", { id: uuid }, "claude-code"],
    ["claude-session-uuid", { id: uuid, provider: "bedrock", model: "gpt-5" }, "claude-code"],
    ["provider-not-anthropic", { provider: "openai" }, "opencode"],
    ["model-not-claude", { provider: "anthropic", model: "gpt-5" }, "opencode"],
    ["opencode-title", { title: "New session - 2026-11-22T11:08:16.621Z" }, "opencode"],
  ])("rule %s on %o", (rule, evidence, source) => {
    expect(inferSessionSource({ ...session, ...evidence })).toEqual({ source, rule });
  });

  test.each([
    {},
    { title: "Untitled Session" },
    { provider: "anthropic", model: "claude-opus-5-5", title: "Fix the login" },
    { id: "s-early", title: "Early" },
  ])("no rule on %o", (evidence) => {
    expect(inferSessionSource({ ...session, ...evidence })).toEqual({
      source: null,
      reason: "no rule applies",
    });
  });
});

describe("backfill: a message's source", () => {
  test.each([
    ["session", { id: "msg_1" }, "opencode" as const, "opencode"],
    ["session", { sessionId: "ses_1" }, "claude-code" as const, "claude-code"],
    ["claude-message-id", { id: "x-user-3" }, null, "claude-code"],
    ["claude-message-id", { id: `${uuid}-assistant-17`, sessionId: uuid }, null, "claude-code"],
    ["opencode-session-id", { sessionId: "ses_1" }, null, "opencode"],
    ["model-not-claude", { model: "gpt-5" }, null, "opencode"],
  ])("rule %s on %o", (rule, evidence, ofSession, source) => {
    expect(inferMessageSource({ ...message, ...evidence }, ofSession)).toEqual({ source, rule });
  });

  test.each([{ id: "msg_1" }, { id: "y-user-3" }, { id: "x-user-3b" }])(
    "no rule on %o: both agents have such ids",
    (evidence) => {
      expect(inferMessageSource({ ...message, ...evidence }, null).source).toBeNull();
    },
  );
});
