import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { IngestRecord } from "@duolog/contract";
import { expect, test } from "vitest";
import { createCapture, MAX_REJECTED, type Recorder, SETTLE_MS } from "../src/capture.ts";
import { createHooks } from "../src/hooks.ts";
import { initialState, translate } from "../src/translate/index.ts";
import { VERSION } from "../src/version.ts";
import { event, NOON, partUpdated, sessionUpdated } from "./events.ts";

/** A recorder that keeps what it is given; `flush` takes so long (ms). */
function recorder(flushMs = 0) {
  const records: IngestRecord[] = [];
  const rejected: { raw: unknown; reason: string }[] = [];
  let flushes = 0;
  const own: Recorder = {
    record: (record) => records.push(record),
    reject: (raw, reason) => rejected.push({ raw, reason }),
    flush: async () => {
      flushes++;
      await new Promise((resolve) => setTimeout(resolve, flushMs).unref());
      return true;
    },
  };
  return { own, records, rejected, flushes: () => flushes };
}

const hooksFrom = (recorder: () => Recorder) =>
  createHooks(
    createCapture(recorder, { translate, initialState }, () => NOON),
    () => {},
  );
const hooksOf = (own: Recorder) => hooksFrom(() => own);

test("an event is recorded before the hook returns", () => {
  const { own, records } = recorder();
  void hooksOf(own).event({ event: sessionUpdated({ title: "A" }) });
  expect(records).toMatchObject([{ kind: "session", data: { id: "ses_1", title: "A" } }]);
});

test("state is kept between events", async () => {
  const { own, records } = recorder();
  const hooks = hooksOf(own);
  await hooks.event({ event: partUpdated({ id: "prt_1", text: "one" }) });
  await hooks.event({ event: partUpdated({ id: "prt_2", text: "two" }) });
  expect(records.at(-1)?.data).toMatchObject({ textContent: "one\n\ntwo" });
});

test("the client is not asked for before there is something to record", async () => {
  const hooks = hooksFrom(() => expect.fail("asked for"));
  await hooks.event({ event: event("plugin.added", {}) });
  await hooks.dispose();
});

const circular: Record<string, unknown> = { type: "session.idle" };
circular.properties = circular;
const trap = new Proxy(
  {},
  {
    get() {
      throw new Error("no reading");
    },
  },
);

test.each([
  ["nothing at all", undefined],
  ["null", null],
  ["an empty input", {}],
  ["a circular event", { event: circular }],
  ["an event that throws when read", { event: trap }],
  ["a bigint", { event: { type: "session.idle", properties: { sessionID: 1n } } }],
])("%s never throws and is kept as rejected", async (_what, input) => {
  const { own, rejected } = recorder();
  await hooksOf(own).event(input as { event: unknown });
  expect(rejected).toHaveLength(1);
  expect(rejected[0]?.reason).toMatch(/^(event|session\.idle): ./);
});

test("a rejected event is kept as it was, whatever becomes of it", async () => {
  const { own, rejected } = recorder();
  const odd = { type: "session.idle", properties: { sessionID: 7 } };
  await hooksOf(own).event({ event: odd });
  odd.properties.sessionID = 8;
  expect(rejected[0]?.raw).toEqual({ type: "session.idle", properties: { sessionID: 7 } });
});

test("rejected events are bounded", async () => {
  const { own, rejected } = recorder();
  const hooks = hooksOf(own);
  for (let n = 0; n < MAX_REJECTED + 50; n++) await hooks.event({ event: null });
  expect(rejected).toHaveLength(MAX_REJECTED);
});

test("a client that fails in every way is never felt", async () => {
  const hooks = hooksFrom(() => {
    throw new Error("no client");
  });
  await hooks.event({ event: sessionUpdated() });
  await hooks.event({ event: null });
  await hooks.dispose();
});

test("dispose waits for what comes meanwhile", async () => {
  const { own, flushes } = recorder(20);
  const hooks = hooksOf(own);
  await hooks.event({ event: sessionUpdated() });
  const disposed = hooks.dispose();
  await hooks.event({ event: event("session.idle", { sessionID: "ses_1" }) });
  await disposed;
  expect(flushes()).toBe(2);
});

test("dispose is bounded, even by a flush that never ends", async () => {
  const { own } = recorder(60_000);
  const hooks = hooksOf(own);
  await hooks.event({ event: sessionUpdated() });
  const start = performance.now();
  await hooks.dispose();
  expect(performance.now() - start).toBeLessThan(SETTLE_MS + 500);
});

test("the version is the package's", () => {
  const file = new URL("../package.json", import.meta.url);
  expect(VERSION).toBe((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version);
});
