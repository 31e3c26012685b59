import type { MessageUpsert } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { NOON } from "../events.ts";
import { mergeRecords } from "../merge.ts";
import { ANSWER, event, ofAnswer, recordsOf, SESSION, stepStarted } from "./events.ts";

const rowsOf = (events: unknown[]) => mergeRecords(recordsOf(events));
const answerRow = (events: unknown[], id = ANSWER) => rowsOf(events)[`message ${SESSION} ${id}`];
const said = (text: string, ordinal: number, at: number, type = "text") =>
  ofAnswer(`session.${type}.ended`, { ordinal, text }, at);

const enqueued = (type: string, payload: object) =>
  event("session.inbox.enqueued", { inboxID: "msg_u", item: { type, payload, delivery: "steer" } });
const delivered = event("session.inbox.delivered", { inboxID: "msg_u" }, NOON + 9);
const cancelled = event("session.inbox.cancelled", { inboxID: "msg_u" }, NOON + 5);

describe("prompts", () => {
  test("one is a message once it is delivered, and is as old as that", () => {
    expect(recordsOf([enqueued("user", { text: "Hi" })])).toEqual([]);
    expect(answerRow([enqueued("user", { text: "Hi" }), delivered], "msg_u")).toMatchObject({
      role: "user",
      textContent: "Hi",
      model: null,
      createdAt: NOON + 9,
      updatedAt: NOON + 9,
    });
  });

  test.each([
    ["cancelled", [enqueued("user", { text: "Hi" }), cancelled, delivered]],
    ["of which the waiting was missed", [delivered]],
    ["a compaction", [enqueued("compaction", {}), delivered]],
    ["a move", [enqueued("move", { projectID: "p" }), delivered]],
  ])("%s: none", (_what, events) => {
    expect(recordsOf(events)).toEqual([]);
  });

  test("what OpenCode put there itself is an event", () => {
    const events = [enqueued("synthetic", { text: "Done.", description: "task" }), delivered];
    expect(recordsOf(events)).toMatchObject([
      {
        kind: "event",
        data: {
          id: "u",
          kind: "injected",
          text: "Done.",
          data: JSON.stringify({ what: "synthetic", description: "task" }),
          createdAt: NOON + 9,
        },
      },
    ]);
  });

  test.each([
    [
      "a pasted picture: its decoded size",
      { data: "aGVsbG8=", mime: "image/png", source: { type: "inline" }, name: "a.png" },
      { name: "a.png", type: "image/png", bytes: 5 },
    ],
    [
      "a file: its path",
      { data: "aGVsbG8=", mime: "text/plain", source: { type: "uri", uri: "file:///p/a%20b.txt" } },
      { type: "text/plain", path: "/p/a b.txt" },
    ],
    ["nothing that is known", {}, {}],
  ])("a file, %s", (_what, file, attachment) => {
    const events = [enqueued("user", { text: "See", files: [file] }), delivered];
    expect(answerRow(events, "msg_u")?.attachments).toBe(JSON.stringify([attachment]));
  });
});

describe("answers", () => {
  test("texts in their order, joined by a blank line; reasoning apart", () => {
    const events = [
      stepStarted(),
      said("Think", 0, NOON + 1, "reasoning"),
      said("One", 0, NOON + 2),
      said("More", 1, NOON + 3, "reasoning"),
      said("Two", 1, NOON + 4),
    ];
    expect(answerRow(events)).toMatchObject({
      textContent: "One\n\nTwo",
      reasoningText: "Think\n\nMore",
      createdAt: NOON,
      completedAt: null,
      updatedAt: NOON + 4,
    });
  });

  test("another attempt takes the place of what the one before put out", () => {
    const events = [
      stepStarted(),
      said("Half", 0, NOON + 1),
      stepStarted({ started: NOON + 3_000 }, NOON + 3_000),
      said("Whole", 0, NOON + 3_001),
    ];
    expect(answerRow(events)).toMatchObject({ textContent: "Whole", createdAt: NOON });
    // Told again, late: it is still of the attempt that was given up.
    expect(answerRow([...events, said("Half", 0, NOON + 1)])?.textContent).toBe("Whole");
  });

  const failed = ofAnswer(
    "session.step.failed",
    { error: { type: "provider.internal", message: "500" } },
    NOON + 1,
  );
  const failure = { error: "provider.internal: 500", finishReason: "error", completedAt: NOON + 1 };
  const end = (type: string) => event(`session.execution.${type}`, {}, NOON + 3);
  const other = (at: number) => stepStarted({ assistantMessageID: "msg_b", started: at }, at);

  test.each([
    ["not at once", [], { error: null, finishReason: null, completedAt: null }],
    ["once the execution failed", [end("failed")], failure],
    ["once it ended in any way", [end("succeeded")], failure],
    ["once another answer began", [other(NOON + 2)], failure],
  ])("an error is told %s", (_what, after, row) => {
    expect(answerRow([stepStarted(), failed, ...after])).toMatchObject(row);
  });

  test("an error made good by another attempt is never told", () => {
    const events = [
      stepStarted(),
      failed,
      stepStarted({ started: NOON + 2 }, NOON + 2),
      ofAnswer("session.step.ended", { finish: "stop" }, NOON + 3),
      end("succeeded"),
    ];
    expect(answerRow(events)).toMatchObject({
      error: null,
      finishReason: "stop",
      completedAt: NOON + 3,
    });
  });

  test("a retry that is announced is an event of the answer", () => {
    const retry = ofAnswer("session.retry.scheduled", {
      attempt: 2,
      at: NOON + 2_000,
      error: { type: "provider.rate-limit", message: "slow down", status: 429 },
    });
    expect(recordsOf([retry])[0]?.data).toMatchObject({
      kind: "retry",
      messageId: ANSWER,
      text: "provider.rate-limit: slow down",
      data: JSON.stringify({ attempt: 2, next: NOON + 2_000 }),
    });
  });

  test("a piece known to a process that came later fills a gap and replaces nothing", () => {
    const whole = recordsOf([stepStarted(), said("One", 0, NOON + 1)]);
    const piece = recordsOf([said("Two", 1, NOON + 2)]);
    const text = (records: typeof whole) =>
      mergeRecords(records)[`message ${SESSION} ${ANSWER}`]?.textContent;
    expect(text([...whole, ...piece])).toBe("One");
    expect(text([...piece, ...whole])).toBe("One");
    expect(text(piece)).toBe("Two");
  });

  test("texts written anew by a person", () => {
    const edited = event(
      "session.message.content.updated",
      { messageID: ANSWER, content: [{ type: "text", text: "Better" }, { type: "tool" }] },
      NOON + 5,
    );
    const events = [stepStarted(), said("Bad", 0, NOON + 1), edited];
    expect(answerRow(events)?.textContent).toBe("Better");
    expect(answerRow([...events, said("Bad", 0, NOON + 1)])?.textContent).toBe("Better");
  });

  test("no record says more than the events did", () => {
    const [only] = recordsOf([ofAnswer("session.step.ended", { finish: "stop" })]);
    expect(only?.data as MessageUpsert).toMatchObject({
      role: "assistant",
      textContent: null,
      createdAt: null,
      durationMs: null,
      completedAt: NOON,
    });
  });
});
