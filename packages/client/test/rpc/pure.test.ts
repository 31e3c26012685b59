import type { IngestRecord, Refusal } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { BATCH_BYTES, batchesOf } from "../../src/batches.ts";
import { Sender } from "../../src/Sender.ts";
import { Spool } from "../../src/spool/Spool.ts";
import { stamp } from "../../src/stamp.ts";
import { backoffDelay, upgradeDelay } from "../../src/transport/backoff.ts";
import type { Connector } from "../../src/transport/Connector.ts";

const NOW = 1_769_760_000_000;

describe("stamp (M4: observed is the agent's own time where it tells one, else the time of capture)", () => {
  test.each([
    ["told", { observedAt: 1, observedSeq: 2, updatedAt: 3 }, { observedAt: 1, observedSeq: 2 }],
    ["told without sequence", { observedAt: 1 }, { observedAt: 1 }],
    ["updatedAt", { updatedAt: 3 }, { observedAt: 3 }],
    ["null", { observedAt: null, updatedAt: null }, { observedAt: NOW, observedSeq: 7 }],
    ["nothing", {}, { observedAt: NOW, observedSeq: 7 }],
    ["a sequence alone", { observedSeq: 5 }, { observedAt: NOW, observedSeq: 5 }],
  ])("%s", (_name, given, expected) => {
    const data = { id: "s", ...given };
    expect(stamp({ kind: "session", data }, NOW, 7)).toEqual({
      kind: "session",
      data: { ...data, ...expected },
    });
  });
});

test("the wait doubles from 0.1 s to 15 s, a half to a whole of it", () => {
  expect([0, 1, 2, 7, 8, 1_000].map((attempt) => backoffDelay(attempt, 1))).toEqual([
    100, 200, 400, 12_800, 15_000, 15_000,
  ]);
  expect(backoffDelay(3, 0)).toBe(400);
  expect([0, 1].map(upgradeDelay)).toEqual([30_000, 60_000]);
});

test("batches: at most 100 and 1 MB, order kept, a bigger record alone", () => {
  const sized = (sizes: number[]) =>
    sizes.map((bytes, i) => ({
      record: { kind: "session", data: { id: String(i) } } satisfies IngestRecord,
      bytes,
    }));
  const lengths = (sizes: number[]) =>
    [...batchesOf(sized(sizes))].map(({ items }) => items.length);
  expect(lengths([])).toEqual([]);
  expect(lengths(Array(201).fill(1))).toEqual([100, 100, 1]);
  expect(lengths([BATCH_BYTES / 2, BATCH_BYTES / 2, 1])).toEqual([2, 1]);
  expect(lengths([1, 2 * BATCH_BYTES, 1])).toEqual([1, 1, 1]);
});

test("a fault of our own in the sender is told and tried again, and ends no host", async () => {
  const spool = new Spool(null, { name: "test", version: "0" });
  spool.add({ kind: "session", data: { id: "a" } }, 0);
  let tries = 0;
  const faulty = {
    attempt: () => {
      tries += 1;
      throw new TypeError("a fault");
    },
  };
  const told: string[] = [];
  const events = {
    answered() {},
    stalled() {},
    drained() {},
    failed: (error: Refusal | null) => told.push(String(error?.message)),
  };
  const sender = new Sender(spool, faulty as unknown as Connector, events, 1_000);
  sender.wake();
  await expect.poll(() => tries, { timeout: 5_000 }).toBeGreaterThan(1);
  sender.stop();
  expect(told[0]).toBe("TypeError: a fault");
});
