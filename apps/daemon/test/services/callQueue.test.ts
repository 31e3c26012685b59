import { type IngestRecord, textOf } from "@duolog/contract";
import { expect, test } from "vitest";
import type { Item } from "../../src/services/batch.ts";
import { CallQueue, partsOf } from "../../src/services/callQueue.ts";

const LONG = "x".repeat(10_000_000);

const itemOf = (record: IngestRecord): Item => ({
  record,
  capture: { at: 0, inferredSource: null },
  texts: [],
  length: textOf(record),
});

test.each<[string, IngestRecord]>([
  ["a message's text", { kind: "message", data: { id: "m", sessionId: "s", textContent: LONG } }],
  ["a message's error", { kind: "message", data: { id: "m", sessionId: "s", error: LONG } }],
  ["a session's title", { kind: "session", data: { id: "s", title: LONG } }],
])("%s counts to the 100 MB that may wait, until it is answered", (_what, record) => {
  const queue = new CallQueue();
  const item = itemOf(record);
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

/** Records with so many characters of text each, their ids among them. */
const itemsOf = (texts: number[]): Item[] =>
  texts.map((text, n) => {
    const id = String(n).padStart(4, "0");
    const data = { id, sessionId: "s", textContent: "x".repeat(text - 5) };
    return itemOf({ kind: "message", data });
  });
const idsOf = (items: Item[]) => items.map(({ record }) => record.data.id);

test.each<[string, number[], number[]]>([
  ["by number", Array(250).fill(10), [100, 100, 50]],
  ["by text", Array(10).fill(300_000), [3, 3, 3, 1]],
  ["where the text is just enough", Array(4).fill(500_000), [2, 2]],
  ["a long text alone", [10, 10_000_000, 10, 10], [1, 1, 2]],
  ["at both ends", [10_000_000, 10, 10_000_000], [1, 1, 1]],
  ["nothing", [], []],
])("a call is written in parts: %s", (_what, texts, parts) => {
  const items = itemsOf(texts);
  const made = partsOf(items);
  expect(made.map((part) => part.length)).toEqual(parts);
  expect(made.flat()).toEqual(items);
});

test("the parts' answers come back as one, in order, and others' calls between them", async () => {
  const queue = new CallQueue();
  const items = itemsOf(Array(7).fill(300_000));
  const answers = queue.add(items);
  const batches: string[][] = [];
  while (!queue.isEmpty) {
    const calls = queue.take();
    const taken = calls.flatMap((call) => call.items);
    batches.push(idsOf(taken));
    const changed = taken.map(({ record }) => Number(record.data.id) % 2 === 0);
    queue.answer(
      calls,
      changed.map((isChanged) => ({ ok: true, changed: isChanged })),
    );
  }
  expect(batches.map(({ length }) => length)).toEqual([3, 3, 1]);
  expect(batches.flat()).toEqual(idsOf(items));
  expect(await answers).toEqual(items.map((_, n) => ({ ok: true, changed: n % 2 === 0 })));
});
