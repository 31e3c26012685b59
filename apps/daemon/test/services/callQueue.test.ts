import type { IngestRecord } from "@duolog/contract";
import { expect, test } from "vitest";
import { CallQueue } from "../../src/services/callQueue.ts";

const LONG = "x".repeat(10_000_000);

test.each<[string, IngestRecord]>([
  ["a message's text", { kind: "message", data: { id: "m", sessionId: "s", textContent: LONG } }],
  ["a message's error", { kind: "message", data: { id: "m", sessionId: "s", error: LONG } }],
  ["a session's title", { kind: "session", data: { id: "s", title: LONG } }],
])("%s counts to the 100 MB that may wait, until it is answered", (_what, record) => {
  const queue = new CallQueue();
  const item = { record, capture: { at: 0, inferredSource: null } };
  for (let n = 0; n < 9; n++) void queue.add([item]);
  expect(queue.isFull).toBe(false);
  void queue.add([item]);
  expect(queue.isFull).toBe(true);
  while (!queue.isEmpty) {
    const calls = queue.take();
    queue.answer(
      calls,
      calls.map(() => ({ ok: true, changed: true })),
    );
  }
  expect(queue.isFull).toBe(false);
});
