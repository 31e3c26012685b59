import { describe, expect, test } from "vitest";
import { MAX_CHARS, MAX_MESSAGES } from "../src/translate/v1/state.ts";
import {
  event,
  idAt,
  lastMessage,
  messageUpdated,
  NOON,
  partUpdated,
  recordsOf,
  told,
} from "./events.ts";

const partRemoved = (partID: string, at: number) =>
  event("message.part.removed", { sessionID: "ses_1", messageID: "msg_1", partID }, at);

test("every field of an assistant's message", () => {
  const info = {
    parentID: "msg_0",
    agent: "build",
    modelID: "m-1",
    providerID: "p-1",
    cost: 0.5,
    tokens: { total: 99, input: 1, output: 2, reasoning: 3, cache: { read: 4, write: 5 } },
    time: { created: NOON, completed: NOON + 1_500 },
    finish: "stop",
  };
  const events = [
    messageUpdated({}, NOON),
    partUpdated({ text: "Hello" }, NOON + 1_000),
    messageUpdated(info, NOON + 1_501),
  ];
  expect(lastMessage(events)).toEqual({
    id: "msg_1",
    sessionId: "ses_1",
    source: "opencode",
    role: "assistant",
    textContent: "Hello",
    reasoningText: null,
    reasoningBytes: null,
    attachments: null,
    model: "m-1",
    provider: "p-1",
    agent: "build",
    agentId: null,
    isSidechain: null,
    parentId: "msg_0",
    requestId: null,
    copiedFromId: null,
    finishReason: "stop",
    error: null,
    promptTokens: 1,
    completionTokens: 2,
    reasoningTokens: 3,
    cacheReadTokens: 4,
    cacheWriteTokens: 5,
    cacheWrite1hTokens: null,
    cost: 0.5,
    durationMs: 1_500,
    createdAt: NOON,
    completedAt: NOON + 1_500,
    updatedAt: NOON + 1_500,
    removedAt: null,
    observedAt: NOON + 1_501,
    observedSeq: 1,
  });
});

test("a user's message names its model as an object", () => {
  const model = { providerID: "p-1", modelID: "m-1" };
  const message = lastMessage([messageUpdated({ role: "user", model })]);
  expect(message).toMatchObject({ role: "user", model: "m-1", provider: "p-1", cost: null });
});

describe("text", () => {
  const textAfter = (...events: unknown[]) =>
    lastMessage([messageUpdated({}, NOON), ...events]).textContent;

  test("is the text parts in order, joined by a blank line", () => {
    const parts = [
      partUpdated({ id: "prt_1", text: "one" }, NOON + 1),
      partUpdated({ id: "prt_2", text: "two" }, NOON + 2),
      partUpdated({ id: "prt_1", text: "ONE" }, NOON + 3),
    ];
    expect(textAfter(...parts)).toBe("ONE\n\ntwo");
  });

  test("goes by the parts' own clocks where the events come in another order", () => {
    const [first, second] = [idAt("prt", NOON), idAt("prt", NOON, 2)];
    const parts = [
      partUpdated({ id: second, text: "two" }, NOON + 2),
      partUpdated({ id: first, text: "one" }, NOON + 1),
    ];
    expect(textAfter(...parts)).toBe("one\n\ntwo");
  });

  test.each([
    ["synthetic", { synthetic: true }],
    ["ignored", { ignored: true }],
    ["of reasoning", { type: "reasoning" }],
    ["of a tool", { type: "tool", state: { status: "running", metadata: { output: "x" } } }],
    ["of a kind yet unknown", { type: "hologram" }],
  ])("is not that of a part %s", (_what, part) => {
    const parts = [
      partUpdated({ id: "prt_1", text: "a" }),
      partUpdated({ id: "prt_2", text: "b", ...part }),
    ];
    expect(textAfter(...parts)).toBe("a");
  });

  test("a retry's abandoned empty part adds nothing", () => {
    const parts = [
      partUpdated({ id: "prt_1", text: "" }, NOON + 1),
      partUpdated({ id: "prt_2", text: "answer" }, NOON + 2),
    ];
    expect(textAfter(...parts)).toBe("answer");
  });

  test("deltas, before or after their part, are not read", () => {
    const delta = event("message.part.delta", {
      sessionID: "ses_1",
      messageID: "msg_1",
      partID: "prt_1",
      field: "text",
      delta: "Hel",
    });
    expect(told([delta])).toEqual([[]]);
    expect(textAfter(delta, partUpdated({ text: "Hello" }, NOON + 1), delta)).toBe("Hello");
  });

  test("an older full part that comes late changes nothing", () => {
    const parts = [
      partUpdated({ text: "Hello there" }, NOON + 2),
      partUpdated({ text: "Hello" }, NOON + 1),
    ];
    expect(textAfter(...parts)).toBe("Hello there");
  });

  test("a removed part's text goes with it", () => {
    const parts = [
      partUpdated({ id: "prt_1", text: "one" }, NOON + 1),
      partUpdated({ id: "prt_2", text: "two" }, NOON + 2),
      partRemoved("prt_2", NOON + 3),
    ];
    expect(textAfter(...parts)).toBe("one");
  });

  test("holds nothing that can't be stored", () => {
    expect(textAfter(partUpdated({ text: "a\0b\uD800c" }, NOON + 1))).toBe("a\uFFFDb\uFFFDc");
  });

  test("is cut where it is longer than the wire takes", () => {
    const text = textAfter(
      partUpdated({ id: "prt_1", text: "a".repeat(6_000_000) }, NOON + 1),
      partUpdated({ id: "prt_2", text: "b".repeat(6_000_000) }, NOON + 2),
    );
    expect(text).toHaveLength(10_000_000);
  });
});

describe("M7: a part before its message", () => {
  test("is kept, and the message fills the rest in with the text still there", () => {
    const [part, whole] = recordsOf([
      partUpdated({ text: "Hello" }, NOON),
      messageUpdated({}, NOON + 1),
    ]);
    expect(part?.data).toMatchObject({ id: "msg_1", sessionId: "ses_1", textContent: "Hello" });
    expect(whole?.data).toMatchObject({ role: "assistant", textContent: "Hello", createdAt: NOON });
  });

  test("M4: counts as observed when it was begun, so that a piece never replaces the whole", () => {
    const id = idAt("prt", NOON, 3);
    const piece = lastMessage([partUpdated({ id, text: "piece" }, NOON + 60_000)]);
    expect(piece).toMatchObject({ observedAt: NOON, observedSeq: 3 });
  });
});

test("message.removed keeps what is known and tells when", () => {
  const removed = event("message.removed", { sessionID: "ses_1", messageID: "msg_1" }, NOON + 9);
  const events = [messageUpdated(), partUpdated({ text: "Hello" }, NOON + 1), removed];
  expect(lastMessage(events)).toMatchObject({ textContent: "Hello", removedAt: NOON + 9 });
  expect(lastMessage([removed])).toMatchObject({ id: "msg_1", removedAt: NOON + 9 });
});

describe("what is remembered is bounded", () => {
  const answer = (id: string, text: string) => [
    event("message.updated", { sessionID: "ses_1", info: { id, role: "assistant" } }, NOON),
    event(
      "message.part.updated",
      { sessionID: "ses_1", part: { id: idAt("prt", NOON), messageID: id, type: "text", text } },
      NOON,
    ),
  ];
  const late = partUpdated({ id: idAt("prt", NOON, 2), text: "late" }, NOON + 5);
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => answer(`m${n}`, "x")).flat();

  test("one of the latest messages still gets its late part", () => {
    const events = [...answer("msg_1", "whole"), ...many(MAX_MESSAGES - 1), late];
    expect(lastMessage(events)).toMatchObject({
      textContent: "whole\n\nlate",
      observedAt: NOON + 5,
    });
  });

  test("M4: a late part of a forgotten message counts as observed when it was begun", () => {
    const events = [...answer("msg_1", "whole"), ...many(MAX_MESSAGES), late];
    expect(lastMessage(events)).toMatchObject({
      textContent: "late",
      observedAt: NOON,
      observedSeq: 2,
    });
  });

  test("long texts make messages forgotten sooner", () => {
    const events = [...answer("msg_1", "whole"), ...answer("m2", "x".repeat(MAX_CHARS)), late];
    expect(lastMessage(events)).toMatchObject({ textContent: "late" });
  });
});
