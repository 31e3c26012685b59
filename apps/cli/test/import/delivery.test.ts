import type { IngestAnswer } from "@duolog/client";
import type { IngestRecord, ItemResult } from "@duolog/contract";
import { expect, test } from "vitest";
import { Delivery } from "../../src/import/delivery.ts";
import { message } from "./parts.ts";

const SAME: ItemResult = { ok: true, changed: false };

/** A daemon that answers each call when it is told to, in order. */
class SlowDaemon {
  readonly calls: IngestRecord[][] = [];
  most = 0;
  #waiting: (() => void)[] = [];

  ingest = (records: IngestRecord[]): Promise<IngestAnswer> => {
    this.calls.push(records);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve({ status: "answered", results: records.map(() => SAME) }));
      this.most = Math.max(this.most, this.#waiting.length);
    });
  };

  get waiting(): number {
    return this.#waiting.length;
  }

  answer(): void {
    this.#waiting.shift()?.();
  }
}

/** Hands all in, while the daemon answers one call after the other, the first of them late. */
async function deliver(daemon: SlowDaemon, records: IngestRecord[]): Promise<string[]> {
  const answered: string[] = [];
  const delivery = new Delivery(daemon);
  let timer = setTimeout(() => {
    timer = setInterval(() => daemon.answer(), 1);
  }, 100);
  for (const record of records) await delivery.add(record, ({ data }) => answered.push(data.id));
  await delivery.end();
  clearInterval(timer);
  return answered;
}

const messages = (count: number, length = 10) =>
  Array.from({ length: count }, (_, n) =>
    message("s", `${n}`, { textContent: "x".repeat(length) }),
  );

test("records go a hundred at a time and in order, eight calls in flight, each answered once", async () => {
  const daemon = new SlowDaemon();
  const records = messages(1_050);
  expect(await deliver(daemon, records)).toEqual(records.map(({ data }) => data.id));
  expect(daemon.calls.map((call) => call.length)).toEqual([...Array(10).fill(100), 50]);
  expect(daemon.calls.flat()).toEqual(records);
  expect(daemon.most).toBe(8);
});

test("long texts go fewer at a time, and four million characters in flight", async () => {
  const daemon = new SlowDaemon();
  await deliver(daemon, messages(40, 250_000));
  expect(daemon.calls.map((call) => call.length)).toEqual(Array(10).fill(4));
  expect(daemon.most).toBe(3);
});

test("a text longer than that goes alone, beside nothing", async () => {
  const daemon = new SlowDaemon();
  await deliver(daemon, messages(3, 5_000_000));
  expect([daemon.calls.length, daemon.most]).toEqual([3, 1]);
});

test.each<[string, IngestAnswer]>([
  ["the daemon is gone", { status: "unavailable", reason: "it went" }],
  [
    "a record may be taken later",
    {
      status: "answered",
      results: [{ ok: false, error: { code: "UNAVAILABLE", field: null, message: "it went" } }],
    },
  ],
])("where %s not all was imported, which is said", async (_what, answer) => {
  const delivery = new Delivery({ ingest: async () => answer });
  void delivery.add(message("s", "m"), () => {});
  await expect(delivery.end()).rejects.toThrow(
    "not all was imported: it went. Run it again: nothing is taken over twice",
  );
});

test("a record that is refused for good is answered like any other", async () => {
  const refusal: ItemResult = {
    ok: false,
    error: { code: "CONFLICT", field: "source", message: "no" },
  };
  const delivery = new Delivery({
    ingest: async () => ({ status: "answered", results: [refusal, SAME] }),
  });
  const results: ItemResult[] = [];
  for (const id of ["a", "b"]) void delivery.add(message("s", id), (_, r) => results.push(r));
  await delivery.end();
  expect(results).toEqual([refusal, SAME]);
});
